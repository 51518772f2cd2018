import type { SamplerOptions, SamplerOwner, SiteReader } from '../binding/contract.js';
import { type AllocationMoment, SamplePace } from '../capture/sample-pace.js';
import type { ResolvedOptions } from '../core/options.js';
import type { Warnings } from './warnings.js';

type SamplingRate = Pick<ResolvedOptions['sites'], 'sampleIntervalBytes' | 'maxSamplesPerSecond'>;

/** What the watch has of its run. */
export interface SamplerParts {
  readonly reader: SiteReader;
  readonly options: Omit<SamplerOptions, 'intervalBytes'>;
  readonly sites: SamplingRate;
  readonly warnings: Warnings;
}

/**
 * Keeps the allocation sampler running, with the interval of the pace, and says, once each, when it is not heaptide's
 * own. An isolate has one, which anybody in the process can start before heaptide, or stop at any time.
 */
export class SamplerWatch {
  readonly #reader: SiteReader;
  readonly #options: Omit<SamplerOptions, 'intervalBytes'>;
  readonly #sites: SamplingRate;
  readonly #warnings: Warnings;
  /** Since the first look. */
  #pace: SamplePace | undefined;

  constructor({ reader, options, sites, warnings }: SamplerParts) {
    this.#reader = reader;
    this.#options = options;
    this.#sites = sites;
    this.#warnings = warnings;
  }

  /** Looks at the start, just after the sampler was asked to run. */
  start(): void {
    if (this.#reader.samplerOwner() === 'none') {
      this.#warnings.once(
        'ERR_HEAPTIDE_SAMPLER_UNAVAILABLE',
        'The allocation sampler could not be started: growth is measured, but no function is named',
      );
    }
    this.#noticeForeign();
  }

  /** Looks again. That somebody stopped the sampler shows at the next reading of sites. */
  tick(moment: AllocationMoment): void {
    this.#pace ??= new SamplePace(this.#sites, moment);
    const isTooDense = this.#pace.update(moment);
    const owner = this.#reader.samplerOwner();
    if (owner === 'none') this.#resume();
    if (owner === 'heaptide' && isTooDense) this.#beginAnew();
    this.#noticeForeign();
  }

  /** A session's interval is fixed. */
  #beginAnew(): void {
    this.#reader.stopSampler();
    this.#start();
  }

  #start(): SamplerOwner {
    const intervalBytes = this.#pace?.intervalBytes ?? this.#sites.sampleIntervalBytes;
    return this.#reader.startSampler({ ...this.#options, intervalBytes });
  }

  #resume(): void {
    if (this.#start() === 'none') return;
    this.#warnings.once(
      'HEAPTIDE_SAMPLER_RESTARTED',
      'Another agent stopped the allocation sampler: it runs again, and functions are told by what they allocate from now on',
    );
  }

  #noticeForeign(): void {
    if (this.#reader.samplerOwner() !== 'foreign') return;
    this.#warnings.once(
      'HEAPTIDE_SAMPLER_BORROWED',
      'Another agent runs the allocation sampler of this isolate: heaptide reads it and leaves it running',
    );
  }
}
