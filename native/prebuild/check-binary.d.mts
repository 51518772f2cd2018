export function checkBinary(
  path: string,
  options: { readonly node: string; readonly isCross: boolean },
): Promise<string>;
