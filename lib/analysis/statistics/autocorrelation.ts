/** Lag-1 autocorrelation, -1 to 1; 0 for a constant or empty series. */
export function lag1Autocorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let products = 0;
  let squares = 0;
  let previous = 0;
  values.forEach((value, index) => {
    const deviation = value - mean;
    if (index > 0) products += deviation * previous;
    squares += deviation * deviation;
    previous = deviation;
  });
  return squares > 0 ? products / squares : 0;
}
