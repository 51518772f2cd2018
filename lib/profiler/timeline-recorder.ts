import type { Binding } from '../binding/contract.js';
import type { EndpointTable } from '../capture/endpoint-table.js';
import type { ResolvedOptions } from '../core/options.js';
import type { Overhead, StackEntry, TimelineEntry, TimelineKind } from '../core/timeline.js';
import { bytesToMb } from '../core/units.js';
import { CodeSize } from './code-size.js';
import { FloorProber, type ProbeStats } from './floor-prober.js';
import type { HeapView } from './heap-view.js';
import { describeProcess } from './run-process.js';
import { type SiteCache, type SitesAtMoment, toSiteReadings } from './site-cache.js';

/** Where entries go. */
export interface TimelineSink {
  readonly appendTimeline: (entry: TimelineEntry) => void;
  readonly appendStack: (entry: StackEntry) => void;
  /** How often what was appended was lost: somebody deleted the files, or the disk failed for long. */
  readonly losses: { readonly timeline: number; readonly stacks: number };
}

/** What the timeline of a run is read from. */
export interface TimelineSources {
  readonly run: string;
  readonly binding: Binding;
  readonly heap: HeapView;
  readonly sites: SiteCache;
  readonly endpoints: EndpointTable;
  readonly options: ResolvedOptions;
  /** Whether the run has a journal. */
  readonly journaled: boolean;
  /** Wall-clock ms minus monotonic ms. */
  readonly clockOffset: () => number;
  readonly requests: () => { readonly finished: number; readonly inFlight: number };
  /** Hears of every floor. */
  readonly onFloor: (floor: TimelineEntry) => void;
}

const NO_PROBES: ProbeStats = { requested: 0, floors: 0, pauseMs: 0 };

/**
 * Writes the run's history: an entry a second while requests finish, one per major GC with the floor and the live
 * sites, and the start and the stop. Has the prober ask for major GCs.
 */
export class TimelineRecorder {
  readonly #sources: TimelineSources;
  readonly #sink: TimelineSink;
  readonly #startedAt: number;
  readonly #stacksWritten = new Set<number>();
  #lossesSeen: TimelineSink['losses'];
  /** The last floor, until it is known how much external memory its GC has freed. */
  #held: TimelineEntry | undefined;
  #majorCountSeen: number;
  #requestsSeen = 0;
  #prober: FloorProber | undefined;
  #codeSize: CodeSize | undefined;
  #code = 0;

  constructor(sources: TimelineSources, sink: TimelineSink) {
    this.#sources = sources;
    this.#sink = sink;
    this.#lossesSeen = sink.losses;
    this.#majorCountSeen = sources.heap.majorCount;
    sources.heap.refresh();
    this.#startedAt = sources.heap.time;
  }

  get probes(): ProbeStats {
    return this.#prober?.stats ?? NO_PROBES;
  }

  /** The entry that describes the run: its first. */
  start(): void {
    const { binding, options, journaled } = this.#sources;
    const process = describeProcess(binding, options);
    this.#write({ ...this.#present('start'), process, journaled });
  }

  /** Called once a second: an entry when something happened, and a probe when one is due. */
  tick(): void {
    const { heap, requests } = this.#sources;
    heap.refresh();
    this.#makeGood();
    // Before new floors are looked for: after the one of the probe, helpers have had time to sweep.
    const prober = this.#probing();
    const isSettled = prober.settle();
    this.#releaseFloor();
    this.noticeMajorGc();
    const { finished, inFlight } = requests();
    if (finished !== this.#requestsSeen) {
      this.#write({ ...this.#present('tick'), ...(isSettled && { overhead: this.#overhead() }) });
    }
    if (!prober.probeIfDue({ now: heap.time, requests: finished, inFlight })) return;
    // A forced GC has ended already.
    heap.refresh();
    this.noticeMajorGc();
  }

  /**
   * Takes the floor of a major GC that has ended since the last call, and writes it at the next tick. The heap view is
   * fresh.
   */
  noticeMajorGc(): void {
    const { binding, heap, requests } = this.#sources;
    if (heap.majorCount === this.#majorCountSeen) return;
    this.#releaseFloor();
    this.#majorCountSeen = heap.majorCount;
    this.#codeSize ??= new CodeSize(binding);
    this.#code = this.#codeSize.atFloor(heap);
    const { finished } = requests();
    const probed = this.#probing().noteFloor({ now: heap.time, requests: finished });
    const sites = this.#sources.sites.atFloor(heap.time);
    // Reading a session that an inspector started makes V8 collect first: that floor is no news.
    this.#majorCountSeen = heap.majorCount;
    const entry = {
      ...this.#present('floor'),
      ...this.#floor(),
      probed,
      overhead: this.#overhead(),
    };
    if (sites === undefined) {
      this.#held = entry;
    } else {
      this.#writeStacks(sites);
      this.#held = { ...entry, sites: toSiteReadings(sites), sampler: sites.sampler };
    }
  }

  /** The run's last entry. */
  stop(): void {
    this.#sources.heap.refresh();
    this.noticeMajorGc();
    this.#releaseFloor();
    this.#prober?.settle();
    this.#write({ ...this.#present('stop'), overhead: this.#overhead() });
  }

  /** What all other entries need is written again after a loss: stacks at the next floor. */
  #makeGood(): void {
    const { timeline, stacks } = this.#sink.losses;
    if (timeline !== this.#lossesSeen.timeline) this.start();
    if (stacks !== this.#lossesSeen.stacks) this.#stacksWritten.clear();
    this.#lossesSeen = { timeline, stacks };
  }

  #releaseFloor(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const { heap, onFloor } = this.#sources;
    // After another major GC the reading is of that one.
    const isCurrent = heap.majorCount === this.#majorCountSeen;
    const floor = isCurrent ? { ...held, externalLowMb: bytesToMb(heap.externalLow) } : held;
    this.#write(floor);
    onFloor(floor);
  }

  /** Made when it is needed first: not before the run's first second is over. */
  #probing(): FloorProber {
    const { binding, heap, options } = this.#sources;
    this.#prober ??= new FloorProber({ binding, heap, options: options.probe }, this.#startedAt);
    return this.#prober;
  }

  #present(kind: TimelineKind): TimelineEntry {
    const { run, heap, binding, requests, clockOffset } = this.#sources;
    const bytes = binding.heapStatistics();
    const { finished, inFlight } = requests();
    return {
      kind,
      run,
      timestamp: heap.time + clockOffset(),
      requests: finished,
      finished: this.#takeFinished(),
      inFlight,
      usedMb: bytesToMb(bytes.used),
      codeMb: bytesToMb(this.#code),
      heapTotalMb: bytesToMb(bytes.total),
      externalMb: bytesToMb(bytes.external),
      mallocedMb: bytesToMb(bytes.malloced),
      rssMb: bytesToMb(bytes.rss),
      limitMb: bytesToMb(bytes.limit),
      gc: [heap.minorCount, heap.majorCount],
      gcPauseMs: heap.pause,
      gcFreedMb: bytesToMb(heap.freed),
    };
  }

  /** The memory fields as the major GC's epilogue left them. */
  #floor(): Pick<
    TimelineEntry,
    'timestamp' | 'usedMb' | 'heapTotalMb' | 'externalMb' | 'mallocedMb' | 'rssMb'
  > {
    const { heap, clockOffset } = this.#sources;
    return {
      timestamp: heap.floorTime + clockOffset(),
      usedMb: bytesToMb(heap.floor),
      heapTotalMb: bytesToMb(heap.floorTotal),
      externalMb: bytesToMb(heap.floorExternal),
      mallocedMb: bytesToMb(heap.floorMalloced),
      rssMb: bytesToMb(heap.floorRss),
    };
  }

  #overhead(): Overhead {
    const { readMs, selfBytes } = this.#sources.sites;
    const { pauseMs, cpuMs } = this.probes;
    return {
      siteReadMs: readMs,
      probePauseMs: pauseMs,
      ...(cpuMs !== undefined && { probeCpuMs: cpuMs }),
      selfMb: bytesToMb(selfBytes),
    };
  }

  /** Requests finished by endpoint since the last entry. */
  #takeFinished(): Record<string, number> {
    const finished = new Map<string, number>();
    for (const endpoint of this.#sources.endpoints) {
      const since = endpoint.finished - endpoint.reported;
      if (since === 0) continue;
      endpoint.reported = endpoint.finished;
      finished.set(endpoint.name, since);
    }
    // Not by assignment: an endpoint may be named `__proto__`.
    return Object.fromEntries(finished);
  }

  #writeStacks({ stacks }: SitesAtMoment): void {
    for (const { stack, frames } of stacks) {
      if (this.#stacksWritten.has(stack)) continue;
      this.#stacksWritten.add(stack);
      this.#sink.appendStack({ run: this.#sources.run, stack, frames });
    }
  }

  #write(entry: TimelineEntry): void {
    this.#requestsSeen = entry.requests;
    this.#sink.appendTimeline(entry);
  }
}
