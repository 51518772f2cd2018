import type { Analysis } from '../../../../lib/core/analysis-result.js';

/** What heaptide says of one service, live and afterwards, beside the truth. */
export interface Observation {
  readonly analysis: Analysis;
  readonly events: readonly {
    readonly kind: 'raised' | 'withdrawn';
    readonly channel: string;
    readonly requests: number;
  }[];
  /** By leaking program, in bytes per request. */
  readonly truths: Readonly<Record<string, { readonly heap: number; readonly external: number }>>;
}

export function observe(service: {
  readonly programs: readonly string[];
  readonly seed: number;
  readonly bound: number;
  readonly traffic: {
    readonly requests: number;
    readonly seconds: number;
    readonly shape: 'steady' | 'bursts' | 'diurnal' | 'step';
    readonly pick: (at: number) => string;
  };
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Observation>;
