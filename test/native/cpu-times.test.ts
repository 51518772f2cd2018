import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { CpuTimes } from '../../lib/binding/contract.js';
import { bindingOf, nativeBinding } from './binding.js';

const { cpuTimes } = nativeBinding();

function readTimes(): CpuTimes {
  const times = cpuTimes();
  if (times === null) throw new Error('This system does not tell CPU times');
  return times;
}

test('the work of the calling thread is in its CPU time and in that of the process', () => {
  const before = readTimes();
  let work = 0;
  while (readTimes().threadMs - before.threadMs < 100) work++;
  const after = readTimes();

  expect(work).toBeGreaterThan(0);
  expect(after.processMs - before.processMs).toBeGreaterThan(99);
});

test('the work of another thread is in the CPU time of the process only', async () => {
  const worker = new Worker('while (true) {}', { eval: true });
  onTestFinished(async () => {
    await worker.terminate();
  });
  await once(worker, 'online');
  const before = readTimes();
  const others = () => {
    const { processMs, threadMs } = readTimes();
    return processMs - before.processMs - (threadMs - before.threadMs);
  };

  while (others() < 100) await new Promise((resolve) => setTimeout(resolve, 10));
  const after = readTimes();

  const [process, thread] = [after.processMs - before.processMs, after.threadMs - before.threadMs];
  expect(process - thread).toBeGreaterThanOrEqual(100);
});

test('the fallback does not know it', () => {
  expect(bindingOf('fallback').cpuTimes()).toBeNull();
});
