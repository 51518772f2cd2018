import type { Binding, SamplerOptions } from '../binding/contract.js';

/**
 * The GC observer and the sampler of an isolate, which has one of each however many profilers run: the first user
 * starts them, the last one stops them. One instance per loaded addon.
 */
export class SharedEngine {
  // One entry per environment: a module is loaded once in each, and so is the addon.
  static readonly #engines = new WeakMap<Binding, SharedEngine>();

  /** The engine of that addon. */
  static of(binding: Binding): SharedEngine {
    const known = SharedEngine.#engines.get(binding);
    if (known !== undefined) return known;
    const engine = new SharedEngine(binding);
    SharedEngine.#engines.set(binding, engine);
    return engine;
  }

  readonly #binding: Binding;
  #observerUsers = 0;
  #samplerUsers = 0;

  private constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Starts what is not running. `sampler` is left out by a profiler that wants no sites. */
  acquire(sampler?: SamplerOptions): EngineLease {
    if (this.#observerUsers++ === 0) this.#binding.startGcObserver();
    if (sampler !== undefined) {
      this.#samplerUsers++;
      this.#binding.startSampler(sampler);
    }
    return new EngineLease(() => this.#release(sampler !== undefined));
  }

  #release(sampler: boolean): void {
    if (sampler && --this.#samplerUsers === 0) this.#binding.stopSampler();
    if (--this.#observerUsers === 0) this.#binding.stopGcObserver();
  }
}

/** One profiler's use of the shared engine. */
export class EngineLease {
  #release: (() => void) | undefined;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** Ends the use. Idempotent. */
  release(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
