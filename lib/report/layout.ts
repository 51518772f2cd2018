import type { Colors, Formatter } from 'picocolors/types';
import type { Verdict } from '../core/analysis-result.js';

/** Where a section is drawn. */
export interface Layout {
  readonly width: number;
  readonly colors: Colors;
}

/** The color of a verdict. */
export function verdictColor(verdict: Verdict, colors: Colors): Formatter {
  switch (verdict) {
    case 'leak':
      return colors.red;
    case 'growing':
    case 'suspected':
      return colors.yellow;
    case 'stable':
      return colors.green;
    default:
      return colors.dim;
  }
}
