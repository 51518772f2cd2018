import { types } from 'node:util';
import { threadId } from 'node:worker_threads';
import type { FileMemory } from '../core/file-memory.js';
import {
  type Binding,
  HEAP_FIELDS,
  type NearHeapLimitWatch,
  type SamplerOptions,
  type SamplerOwner,
  SITE_COLUMNS,
} from './contract.js';
import { scriptPrefixes } from './script-prefixes.js';

/** The exports of the .node file. */
export interface NativeAddon
  extends Omit<Binding, 'backend' | 'fileMemory' | 'nearHeapLimit' | 'startSampler' | 'thread'>,
    FileMemory,
    NearHeapLimitWatch {
  /** The field lists that the addon was compiled with. */
  readonly heapFields: readonly string[];
  readonly isMainThread: boolean;
  readonly siteColumns: readonly string[];
  readonly startSampler: (options: NativeSamplerOptions) => SamplerOwner;
}

/** {@link SamplerOptions} as the addon takes them. */
interface NativeSamplerOptions extends Omit<SamplerOptions, 'selfPath'> {
  /** Names of heaptide's scripts start with one of these. */
  readonly selfPrefixes: readonly string[];
}

type Method = Exclude<keyof NativeAddon, 'heap' | 'heapFields' | 'isMainThread' | 'siteColumns'>;

const METHODS: Readonly<Record<Method, true>> = {
  read: true,
  startGcObserver: true,
  stopGcObserver: true,
  requestMajorGc: true,
  heapStatistics: true,
  codeSize: true,
  clockOffset: true,
  cpuTimes: true,
  startSampler: true,
  stopSampler: true,
  samplerOwner: true,
  readSites: true,
  markSiteBaseline: true,
  stackFrames: true,
  functionLocation: true,
  watchNearHeapLimit: true,
  unwatchNearHeapLimit: true,
  lockFile: true,
  mapFile: true,
};

/** Whether `loaded` has the methods and the field lists of this version of heaptide: a stale build has not. */
export function isNativeAddon(loaded: unknown): loaded is NativeAddon {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const exported: Partial<Record<string, unknown>> = { ...loaded };
  const { heap, heapFields, isMainThread, siteColumns } = exported;
  return (
    types.isFloat64Array(heap) &&
    heap.length === HEAP_FIELDS.length &&
    typeof isMainThread === 'boolean' &&
    isList(heapFields, HEAP_FIELDS) &&
    isList(siteColumns, SITE_COLUMNS) &&
    Object.keys(METHODS).every((name) => typeof exported[name] === 'function')
  );
}

/** The addon behind the contract. Its functions are passed on as they are: a wrapper would cost as much as a read. */
export function toBinding(addon: NativeAddon): Binding {
  const { heapFields, isMainThread, siteColumns, startSampler, ...rest } = addon;
  const { watchNearHeapLimit, unwatchNearHeapLimit, lockFile, mapFile, ...shared } = rest;
  return {
    ...shared,
    backend: 'native',
    // The module of `threadId` brings all of Node.js's streams: a worker has it already, a main thread may not.
    thread: isMainThread ? 0 : threadId,
    nearHeapLimit: { watchNearHeapLimit, unwatchNearHeapLimit },
    // On Windows the addon can do neither.
    ...(process.platform !== 'win32' && { fileMemory: { lockFile, mapFile } }),
    startSampler: ({ intervalBytes, stackDepth, selfPath }) =>
      startSampler({ intervalBytes, stackDepth, selfPrefixes: scriptPrefixes(selfPath) }),
  };
}

function isList(value: unknown, expected: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.length === expected.length &&
    expected.every((name, index) => value[index] === name)
  );
}
