import { threadId } from 'node:worker_threads';
import { monotonicMs } from '../../core/clock.js';
import { type Binding, HEAP_FIELDS } from '../contract.js';
import { AllocationSampler } from './allocation-sampler.js';
import { FunctionLocator } from './function-locator.js';
import { GcObserver } from './gc-observer.js';
import { HeapCounters } from './heap-counters.js';
import { InspectorSession } from './inspector-session.js';
import { requestMajorGc } from './request-major-gc.js';
import { SourceNames } from './source-names.js';
import { StackTable } from './stack-table.js';

/**
 * The contract on what Node.js itself offers, where no build of the addon fits. Against the addon: a reading takes three
 * times as long and leaves an object, a GC is known a turn of the event loop later, sites are read through the
 * inspector with a full GC, and objects are not counted.
 */
export function createFallback(): Binding {
  const heap = new Float64Array(HEAP_FIELDS.length);
  const counters = new HeapCounters(heap);
  const gc = new GcObserver(heap);
  const inspector = new InspectorSession();
  const names = new SourceNames(inspector);
  const stacks = new StackTable(names);
  const sampler = new AllocationSampler({ inspector, stacks, gc });
  const locator = new FunctionLocator(inspector, names);
  return {
    backend: 'fallback',
    thread: threadId,
    heap,
    read: () => {
      // A GC inside a request has to be in the figures at its end.
      if (counters.read()) gc.fetch();
    },
    startGcObserver: () => gc.start(),
    stopGcObserver: () => gc.stop(),
    requestMajorGc,
    heapStatistics: () => counters.statistics(),
    codeSize: () => counters.codeSize(),
    clockOffset: () => Date.now() - monotonicMs(),
    // The process's alone would not tell helper threads from the application.
    cpuTimes: () => null,
    startSampler: (options) => sampler.start(options),
    stopSampler: () => sampler.stop(),
    samplerOwner: () => sampler.owner,
    readSites: (limit) => sampler.read(limit),
    markSiteBaseline: () => sampler.markBaseline(),
    stackFrames: (stack) => stacks.framesOf(stack),
    functionLocation: (fn) => locator.locate(fn),
  };
}
