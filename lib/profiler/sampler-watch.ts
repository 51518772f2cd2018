import type { SamplerOptions, SiteReader } from '../binding/contract.js';
import type { Warnings } from './warnings.js';

/**
 * Keeps the allocation sampler running and says, once each, when it is not heaptide's own. An isolate has one, which
 * anybody in the process can start before heaptide, or stop at any time.
 */
export class SamplerWatch {
  readonly #reader: SiteReader;
  readonly #options: SamplerOptions;
  readonly #warnings: Warnings;

  constructor(reader: SiteReader, options: SamplerOptions, warnings: Warnings) {
    this.#reader = reader;
    this.#options = options;
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
  tick(): void {
    if (this.#reader.samplerOwner() === 'none') this.#restart();
    this.#noticeForeign();
  }

  #restart(): void {
    if (this.#reader.startSampler(this.#options) === 'none') return;
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
