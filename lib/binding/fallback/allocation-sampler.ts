import { getHeapStatistics } from 'node:v8';
import { monotonicMs } from '../../core/clock.js';
import type { SamplerOptions, SamplerOwner, SiteReadings } from '../contract.js';
import { scriptPrefixes } from '../script-prefixes.js';
import type { GcObserver } from './gc-observer.js';
import type { InspectorSession, ProfileNode, SamplingProfile } from './inspector-session.js';
import { sampleVariance } from './sampling-estimate.js';
import { type LiveEstimate, SiteLedger } from './site-ledger.js';
import { type CallSite, OUTSIDE, type StackTable } from './stack-table.js';

/** Longest time that a reading, with the full GC that the inspector makes V8 run, is expected to stop the service. */
const MAX_READ_MS = 250;

/** A full GC takes about 1 ms per MB of live heap. */
const EXPECTED_MS_PER_BYTE = 1 / (1024 * 1024);

/** Share of the time that readings may take in the long run, and how much they may take before that counts, in ms. */
const MAX_SHARE = 0.01;
const BURST_MS = 1000;

/** V8 reports at least the interval for each sample; this share of it leaves room for rounding. */
const MIN_SAMPLE_SHARE = 0.99;

/** What one reading depends on. */
export interface SamplerParts {
  readonly inspector: InspectorSession;
  readonly stacks: StackTable;
  readonly gc: GcObserver;
}

/**
 * V8's allocation sampler through the inspector protocol. Every reading makes V8 run a full GC, so there is at most one
 * per major GC that V8 runs by itself or for a probe: in between, the reading of the last one is given again. None is
 * taken while the heap is so large that it would stop the service for long.
 */
export class AllocationSampler {
  readonly #parts: SamplerParts;
  readonly #ledger = new SiteLedger();
  #owner: SamplerOwner = 'none';
  /** Counts the times that the owner changed, or began anew. */
  #session = 0;
  /** Of our own session; 0 when there is none. */
  #interval = 0;
  #nodeCount = 0;
  /** Time that readings took beyond their share, as of a moment. */
  #owed = { ms: 0, at: 0 };
  /** Major GCs that were counted when the ledger was filled; `undefined` when it holds nothing. */
  #majorCountAtReading: number | undefined;

  constructor(parts: SamplerParts) {
    this.#parts = parts;
  }

  get owner(): SamplerOwner {
    return this.#owner;
  }

  /** Starts the sampler, or borrows one that runs. */
  start({ intervalBytes, stackDepth, selfPath }: SamplerOptions): SamplerOwner {
    const { inspector, stacks } = this.#parts;
    stacks.setSelfPrefixes(scriptPrefixes(selfPath));
    if (this.#owner !== 'none') return this.#owner;
    if (this.#takeProfile() !== undefined) {
      this.#become('foreign');
      return this.#owner;
    }
    const parameters = { samplingInterval: intervalBytes, stackDepth };
    if (inspector.post('HeapProfiler.startSampling', parameters) === undefined) return this.#owner;
    this.#become('heaptide');
    this.#interval = intervalBytes;
    return this.#owner;
  }

  stop(): void {
    // The command that stops the sampler would run a full GC for a last reading.
    if (this.#owner === 'heaptide') this.#parts.inspector.post('HeapProfiler.disable', {});
    this.#become('none');
  }

  read(limit: number): SiteReadings | null {
    if (this.#owner === 'none') return null;
    const started = monotonicMs();
    if (!this.#isFresh() && !this.#refresh(started)) return null;
    return {
      rows: this.#ledger.topRows(limit),
      totalBytes: this.#ledger.totalBytes,
      selfBytes: this.#ledger.selfBytes,
      nodeCount: this.#nodeCount,
      session: this.#session,
      intervalBytes: this.#interval,
      readMs: monotonicMs() - started,
    };
  }

  markBaseline(): void {
    this.#ledger.markBaseline();
  }

  /** Whether no major GC has run since the last reading. Not known while nobody counts them. */
  #isFresh(): boolean {
    const { gc } = this.#parts;
    gc.fetch();
    return gc.isRunning && this.#majorCountAtReading === gc.majorCount;
  }

  #refresh(started: number): boolean {
    if (!this.#isAffordable(started)) return false;
    const profile = this.#takeProfile();
    if (profile === undefined) {
      this.#become('none');
      return false;
    }
    if (this.#owner === 'heaptide' && this.#isOfAnotherSession(profile)) this.#become('foreign');
    this.#fill(profile);
    this.#majorCountAtReading = this.#parts.gc.majorCount;
    this.#owed = { ms: this.#owedAt(started) + monotonicMs() - started, at: started };
    return true;
  }

  #isAffordable(now: number): boolean {
    const { used_heap_size: used } = getHeapStatistics();
    return this.#owedAt(now) <= BURST_MS && used * EXPECTED_MS_PER_BYTE <= MAX_READ_MS;
  }

  #owedAt(now: number): number {
    return Math.max(0, this.#owed.ms - (now - this.#owed.at) * MAX_SHARE);
  }

  #takeProfile(): SamplingProfile | undefined {
    const { inspector, gc } = this.#parts;
    gc.fetch();
    const answer = inspector.post('HeapProfiler.getSamplingProfile', {});
    gc.fetchOwn();
    return answer?.profile;
  }

  /** Our session was stopped and another one, with a smaller interval, took its place. */
  #isOfAnotherSession({ samples }: SamplingProfile): boolean {
    return samples.some(({ size }) => size < this.#interval * MIN_SAMPLE_SHARE);
  }

  #fill({ head, samples }: SamplingProfile): void {
    const { stacks } = this.#parts;
    const evidence = this.#evidenceByNode(samples);
    this.#ledger.beginReading();
    this.#nodeCount = 0;
    const pending: { readonly node: ProfileNode; readonly site: CallSite }[] = [];
    pending.push({ node: head, site: OUTSIDE });
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, site } = next;
      this.#nodeCount++;
      const found = evidence.get(node.id);
      if (found !== undefined) this.#add(site, { ...found, bytes: node.selfSize });
      for (const callee of node.children) {
        pending.push({ node: callee, site: stacks.call(site, callee.callFrame) });
      }
    }
  }

  #add({ stack, isSelf }: CallSite, live: LiveEstimate): void {
    if (isSelf) this.#ledger.addSelf(live);
    else this.#ledger.add(stack, live);
  }

  /** Samples and variance of each node. For an unknown interval the variance is an upper bound. */
  #evidenceByNode(
    samples: SamplingProfile['samples'],
  ): ReadonlyMap<number, Omit<LiveEstimate, 'bytes'>> {
    const interval = this.#interval || Number.POSITIVE_INFINITY;
    const byNode = new Map<number, { samples: number; variance: number }>();
    for (const { size, nodeId } of samples) {
      const evidence = byNode.get(nodeId) ?? { samples: 0, variance: 0 };
      evidence.samples++;
      evidence.variance += sampleVariance(size, interval);
      byNode.set(nodeId, evidence);
    }
    return byNode;
  }

  /** Figures of another session do not compare, so they are forgotten. */
  #become(owner: SamplerOwner): void {
    this.#owner = owner;
    this.#session++;
    this.#interval = 0;
    this.#majorCountAtReading = undefined;
    this.#ledger.reset();
  }
}
