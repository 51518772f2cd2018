import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Service as ServiceType } from './fixtures/service.js';

type Heaptide = typeof import('../../lib/index.js');

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
const heaptide: Heaptide = require('heaptide');
const outputDir = mkdtempSync(join(tmpdir(), 'heaptide-decorators-'));

beforeAll(() => {
  for (const dialect of ['tc39', 'legacy']) {
    const project = join(root, 'test', 'decorators', 'fixtures', dialect, 'tsconfig.json');
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project]);
  }
});

afterAll(async () => {
  await heaptide.EndpointProfiler.resetInstance();
  rmSync(outputDir, { recursive: true, force: true });
});

describe.each(['tc39', 'legacy'])('with %s decorators', (dialect) => {
  let Service: typeof ServiceType;

  beforeAll(async () => {
    Service = require(join(root, 'build', 'decorators', dialect, 'service.js')).Service;
    await heaptide.EndpointProfiler.resetInstance();
    heaptide.EndpointProfiler.getInstance({ enabled: true, outputDir: join(outputDir, dialect) });
  });

  /** The records of an endpoint that have reached its file. */
  async function recordsOf(endpoint: string) {
    await heaptide.EndpointProfiler.getInstance().buffer.flushAll();
    const files = await heaptide.listProfileFiles(join(outputDir, dialect));
    const file = files.find((entry) => entry.endpoint === endpoint);
    return file === undefined ? [] : heaptide.loadProfileData(file.path);
  }

  test('keeps this, arguments, name, length and result of a sync method', async () => {
    const greeting = new Service('shop').greet('Ada', 'Lovelace');

    expect(greeting).toBe('hello Ada Lovelace from shop');
    expect([Service.prototype.greet.name, Service.prototype.greet.length]).toEqual(['greet', 2]);
    expect(await recordsOf('greet')).toMatchObject([{ statusCode: 200, inFlight: 1 }]);
  });

  test('records an async method when its promise settles, with the status of its result', async () => {
    const order = await new Service('shop').show(7);

    expect(order).toEqual({ id: 7, name: 'shop', statusCode: 203 });
    expect(await recordsOf('GET /orders/:id')).toMatchObject([{ statusCode: 203 }]);
  });

  test('passes a rejection on and records its status and message', async () => {
    const refusal = new Service('shop').refuse();

    await expect(refusal).rejects.toMatchObject({ message: 'refused', status: 409 });
    expect(await recordsOf('refuse')).toMatchObject([{ statusCode: 409, errorMessage: 'refused' }]);
  });

  test('follows a generator to its end, values sent into it included', async () => {
    const counter = new Service('shop').count(10);

    expect(counter.next()).toEqual({ value: 0, done: false });
    expect(await recordsOf('count')).toEqual([]);
    expect(counter.next(5)).toEqual({ value: 5, done: false });
    expect(counter.next(5)).toEqual({ value: 'shop', done: true });
    expect(await recordsOf('count')).toHaveLength(1);
  });

  test('follows an async generator that its consumer leaves early', async () => {
    const seen: number[] = [];

    for await (const value of new Service('shop').stream(100)) {
      seen.push(value);
      if (value === 2) break;
    }

    expect(seen).toEqual([0, 1, 2]);
    expect(await recordsOf('stream')).toHaveLength(1);
  });

  test('keeps this of a static method', () => {
    class Shop extends Service {}

    expect(Shop.create('x')).toBeInstanceOf(Shop);
  });
});
