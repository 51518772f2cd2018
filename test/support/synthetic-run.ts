import type { AllocationSite, Profile, StackFrame } from '../../lib/core/profile.js';
import type {
  EndpointEntry,
  SiteReading,
  StackEntry,
  TimelineEntry,
} from '../../lib/core/timeline.js';
import { bytesToMb } from '../../lib/core/units.js';

/** One endpoint of a service that does not exist. */
export interface SyntheticEndpoint {
  readonly name: string;
  /** Heap and external bytes that stay after each request. */
  readonly heapBytes?: number;
  readonly externalBytes?: number;
  /** Heap bytes that a cache gains per request until it holds `cacheLimit`. */
  readonly cacheBytes?: number;
  readonly cacheLimit?: number;
  /** Load relative to the others. @defaultValue 1 */
  readonly weight?: number;
  /** The endpoint's load follows that of another one exactly. */
  readonly follows?: string;
  /** The endpoint's own frame is not in the stacks: it allocates in a timer. */
  readonly isDetached?: boolean;
}

/** A run of it. */
export interface SyntheticOptions {
  readonly endpoints: readonly SyntheticEndpoint[];
  readonly run?: string;
  /** Floors, one every 100 requests or so. @defaultValue 80 */
  readonly floors?: number;
  readonly seed?: number;
  /** Profiles per endpoint and floor. @defaultValue 4 */
  readonly profilesPerFloor?: number;
  readonly started?: number;
}

/** What the run leaves behind. */
export interface SyntheticRun {
  readonly timeline: readonly TimelineEntry[];
  readonly stacks: readonly StackEntry[];
  readonly endpoints: readonly EndpointEntry[];
  readonly profiles: ReadonlyMap<string, readonly Profile[]>;
}

const MB = 1024 * 1024;
const SAMPLE_INTERVAL = 128 * 1024;

/** A generator of numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Names of the functions of an endpoint's path, innermost first. */
export function functionsOf(name: string): { readonly keep: string; readonly handler: string } {
  const words = name.replaceAll(/[^a-zA-Z0-9]+/g, '_');
  return { keep: `keep${words}`, handler: `handle${words}` };
}

/** Where the function that serves an endpoint starts. */
export function handlerOf(endpoints: readonly SyntheticEndpoint[], name: string): StackFrame {
  const index = endpoints.findIndex((endpoint) => endpoint.name === name);
  return {
    function: functionsOf(name).handler,
    file: '/srv/app/routes.js',
    line: 10 + index,
    column: 3,
  };
}

function stackOf(endpoints: readonly SyntheticEndpoint[], { name, isDetached }: SyntheticEndpoint) {
  const index = endpoints.findIndex((endpoint) => endpoint.name === name);
  const keep = {
    function: functionsOf(name).keep,
    file: '/srv/app/store.js',
    line: 100 + index,
    column: 5,
  };
  const outer = isDetached === true ? [] : [handlerOf(endpoints, name)];
  return [keep, ...outer, { function: 'listen', file: 'node:http', line: 1, column: 1 }];
}

/** Simulates a run: its load, its heap, its sampler, its records. Deterministic. */
export function simulate(options: SyntheticOptions): SyntheticRun {
  const { endpoints, run = 'r1', floors = 80, seed = 1, started = 1_790_000_000_000 } = options;
  const random = numbers(seed);
  const state = endpoints.map(() => ({ heap: 0, external: 0, cache: 0 }));
  const timeline: TimelineEntry[] = [];
  const profiles = new Map(endpoints.map(({ name }): [string, Profile[]] => [name, []]));
  let requests = 0;
  const base = (kind: TimelineEntry['kind'], at: number): TimelineEntry => {
    const heap = 20 * MB + state.reduce((sum, { heap: own, cache }) => sum + own + cache, 0);
    const external = 2 * MB + state.reduce((sum, one) => sum + one.external, 0);
    const noise = (random() - 0.5) * 8192;
    return {
      kind,
      run,
      timestamp: started + at * 2000,
      requests,
      finished: {},
      inFlight: 1 + Math.floor(random() * 4),
      usedMb: bytesToMb(heap + noise) + 1,
      codeMb: 1,
      heapTotalMb: bytesToMb(heap) + 8,
      externalMb: bytesToMb(external),
      mallocedMb: 0.5,
      rssMb: bytesToMb(heap + external) + 48,
      limitMb: 512,
      gc: [at * 5, at],
      gcPauseMs: at * 3,
      gcFreedMb: at * 30,
    };
  };
  timeline.push({
    ...base('start', 0),
    process: {
      pid: 999_999_999,
      thread: 0,
      node: 'v20.20.2',
      sampleIntervalBytes: SAMPLE_INTERVAL,
      backend: 'native',
    },
  });
  for (let at = 1; at <= floors; at++) {
    const counts = new Map<string, number>();
    for (const { name, weight = 1, follows } of endpoints) {
      const own = Math.floor((10 + random() * 30) * weight);
      counts.set(name, follows === undefined ? own : (counts.get(follows) ?? own));
    }
    endpoints.forEach((endpoint, index) => {
      const one = state[index] ?? { heap: 0, external: 0, cache: 0 };
      const count = counts.get(endpoint.name) ?? 0;
      one.heap += count * (endpoint.heapBytes ?? 0);
      one.external += count * (endpoint.externalBytes ?? 0);
      const limit = endpoint.cacheLimit ?? 0;
      one.cache = Math.min(limit, one.cache + count * (endpoint.cacheBytes ?? 0));
      requests += count;
    });
    const floor: TimelineEntry = {
      ...base('floor', at),
      finished: Object.fromEntries(counts),
      probed: true,
      overhead: { siteReadMs: at / 2, probePauseMs: at * 2, probeCpuMs: at * 20, selfMb: 0.25 },
      sites: endpoints.flatMap((endpoint, index) => reading(endpoint, state[index], index)),
    };
    timeline.push(floor);
    for (const { name } of endpoints) {
      const own = profiles.get(name) ?? [];
      const perFloor = options.profilesPerFloor ?? 4;
      for (let n = 0; n < perFloor; n++) {
        own.push(profileAt(floor, { run, number: own.length, isDetailed: n === 0, endpoints }));
      }
    }
  }
  timeline.push(base('stop', floors + 1));
  return {
    timeline,
    stacks: endpoints.map((endpoint, stack) => ({
      run,
      stack,
      frames: stackOf(endpoints, endpoint),
    })),
    endpoints: endpoints.map(({ name }) => ({
      endpoint: name,
      file: `${functionsOf(name).handler}.json`,
      handler: handlerOf(endpoints, name),
    })),
    profiles,
  };
}

function reading(
  endpoint: SyntheticEndpoint,
  state: { readonly heap: number; readonly external: number; readonly cache: number } | undefined,
  stack: number,
): readonly SiteReading[] {
  if (state === undefined) return [];
  // A Buffer of 16 KB has wrappers of 200 bytes in the heap.
  const wrappers = (state.external / 16_384) * 200;
  const live = state.heap + state.cache + wrappers;
  const samples = Math.floor(live / SAMPLE_INTERVAL);
  if (samples === 0) return [];
  const objectBytes = (endpoint.externalBytes ?? 0) > 0 ? 200 : 512;
  const liveBytes = samples * SAMPLE_INTERVAL;
  return [{ stack, liveBytes, samples, liveCount: Math.round(liveBytes / objectBytes) }];
}

function profileAt(
  floor: TimelineEntry,
  options: {
    readonly run: string;
    readonly number: number;
    readonly isDetailed: boolean;
    readonly endpoints: readonly SyntheticEndpoint[];
  },
): Profile {
  const { run, number, isDetailed, endpoints } = options;
  const light: Profile = {
    requestId: `${run}-${number}`,
    timestamp: floor.timestamp + number,
    memoryMb: floor.usedMb + (number % 7),
    memoryDeltaMb: 0.1,
    allocatedMb: 0.2,
    externalMb: floor.externalMb,
    rssMb: floor.rssMb,
    latencyMs: 1 + (number % 10),
    statusCode: number % 50 === 0 ? 500 : 200,
    inFlight: floor.inFlight,
    gc: floor.gc,
    floorMb: floor.usedMb,
    run,
  };
  if (!isDetailed) return light;
  const topConsumers = (floor.sites ?? []).flatMap(
    ({ stack, liveBytes, liveCount }): AllocationSite[] => {
      const endpoint = endpoints[stack];
      const frame = endpoint === undefined ? undefined : stackOf(endpoints, endpoint)[0];
      if (frame === undefined) return [];
      const liveMb = bytesToMb(liveBytes);
      return [
        {
          ...frame,
          liveMb,
          liveSdMb: Math.sqrt(liveMb / 8),
          liveCount,
          growthMb: liveMb,
          stack: [],
        },
      ];
    },
  );
  return {
    ...light,
    reason: 'periodic',
    topConsumers,
    gcStats: {
      minorCount: floor.gc[0],
      majorCount: floor.gc[1],
      pauseMs: floor.gcPauseMs,
      freedMb: floor.gcFreedMb,
      floorMb: floor.usedMb,
      sinceLastCapture: { minorCount: 5, majorCount: 1, pauseMs: 3, freedMb: 30 },
    },
    heap: {
      usedMb: floor.usedMb,
      totalMb: floor.heapTotalMb,
      limitMb: floor.limitMb,
      externalMb: floor.externalMb,
      mallocedMb: floor.mallocedMb,
      rssMb: floor.rssMb,
      spaces: { old_space: floor.usedMb },
    },
  };
}
