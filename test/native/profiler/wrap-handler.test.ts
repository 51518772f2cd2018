import { spawnSync } from 'node:child_process';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { profileEndpoint } from '../../../lib/profiler/profile-endpoint.js';
import { storedRecords, temporaryDirectory, temporaryProfiler } from './temporary-profiler.js';

test('keeps name, length, prototype chain and own properties of a function', () => {
  const profiler = temporaryProfiler();
  const tag = Symbol('tag');
  const handler = Object.assign(async function greet(_a: string, _b: number) {}, {
    route: '/greet',
    [tag]: 7,
  });

  const wrapped = profileEndpoint('greet', { profiler })(handler);

  expect(wrapped).not.toBe(handler);
  expect([wrapped.name, wrapped.length, wrapped.route, wrapped[tag]]).toEqual([
    'greet',
    2,
    '/greet',
    7,
  ]);
  expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(handler));
  expect(wrapped.constructor.name).toBe('AsyncFunction');
});

test('passes this and arguments through and throws the very error of the handler', () => {
  const profiler = temporaryProfiler();
  const error = new Error('no');
  const seen: unknown[] = [];
  const wrapped = profileEndpoint('x', { profiler })(function (this: unknown, ...args: never[]) {
    seen.push(this, args);
    throw error;
  });
  const self = {};

  expect(() => Reflect.apply(wrapped, self, [1, 2])).toThrow(error);
  expect(seen).toEqual([self, [1, 2]]);
  expect(seen[0]).toBe(self);
});

test('does not start a lazy thenable, and ends the request when somebody awaits it', async () => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir });
  let started = 0;
  const query = {
    // biome-ignore lint/suspicious/noThenProperty: query builders are thenables, that is the point of the test.
    then(resolve: (rows: number[]) => unknown) {
      started++;
      return Promise.resolve([1, 2]).then(resolve);
    },
  };
  const wrapped = profileEndpoint('query', { profiler })(() => query);

  const result = wrapped();

  expect(result).toBe(query);
  expect(started).toBe(0);
  expect(profiler.getStats().inFlight).toBe(1);
  expect(await result).toEqual([1, 2]);
  expect(started).toBe(1);
  expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsProfiled: 1 });
  expect(Object.keys(query)).toEqual(['then']);
});

test('records a frozen thenable at once instead of touching it', () => {
  const profiler = temporaryProfiler();
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
  const frozen = Object.freeze({ then: () => undefined });
  const wrapped = profileEndpoint('query', { profiler })(() => frozen);

  expect(wrapped()).toBe(frozen);
  expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsProfiled: 1 });
});

test('ends the request of a thenable once, also where its continuation throws', async () => {
  const profiler = temporaryProfiler();
  const query = () => ({
    // biome-ignore lint/suspicious/noThenProperty: the kind that people write by hand is what is tested.
    then(onFulfilled: (value: number) => unknown, onRejected: (error: unknown) => unknown) {
      try {
        return onFulfilled(42);
      } catch (error) {
        return onRejected(error);
      }
    },
  });
  const wrapped = profileEndpoint('query', { profiler })(query);
  const broken = () => {
    throw new Error('broken');
  };

  const answers = [wrapped().then(broken, String), wrapped().then(String, String)];

  expect(answers).toEqual(['Error: broken', '42']);
  expect(profiler.getStats()).toMatchObject({
    inFlight: 0,
    requestsFinished: 2,
    requestsProfiled: 2,
  });
});

test.each(['getOwnPropertyDescriptor', 'defineProperty', 'deleteProperty'])(
  'hands out a thenable whose trap for %s throws, and ends its request',
  async (trap) => {
    const profiler = temporaryProfiler();
    class Query {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
      then(onFulfilled: (value: number) => unknown) {
        onFulfilled(42);
      }
    }
    const refuse = () => {
      throw new Error('trap');
    };
    const hostile = new Proxy(new Query(), { [trap]: refuse });
    const wrapped = profileEndpoint('query', { profiler })(() => hostile);

    const result = wrapped();

    expect(result).toBe(hostile);
    expect(await result).toBe(42);
    expect(await result).toBe(42);
    expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsFinished: 1 });
  },
);

test('keeps the class of a promise', async () => {
  const profiler = temporaryProfiler();
  class Tracked<T> extends Promise<T> {}
  const wrapped = profileEndpoint('p', { profiler })(() => Tracked.resolve(5));

  const promise = wrapped();

  expect(promise).toBeInstanceOf(Tracked);
  expect(await promise).toBe(5);
});

test('ends the request of a promise of another realm, whose class it keeps', async () => {
  const profiler = temporaryProfiler();
  const realm = createContext({});
  const handler: () => Promise<number> = runInContext('async () => 5', realm);
  const wrapped = profileEndpoint('p', { profiler })(handler);

  const promise = wrapped();
  // Nobody calls its `then`: code of its realm that awaits it does not either.
  await new Promise((resolve) => setImmediate(resolve));

  expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsFinished: 1 });
  expect(promise).toBeInstanceOf(runInContext('Promise', realm));
  expect(await promise).toBe(5);
});

test.each([
  ['the response of (request, response)', [{}, { statusCode: 404 }], undefined, 404],
  ['the response before the result', [{}, { statusCode: 201 }], { status: 500 }, 201],
  ['the result', [], { status: 418 }, 418],
  ['a context with a status', [{ status: 302 }], undefined, 302],
  ['nothing at all', [], undefined, 200],
  ['a status that is none', [], { status: 'ok' }, 200],
])('takes the status from %s', async (_, args, result, status) => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir });
  const wrapped = profileEndpoint('s', { profiler })((..._args: never[]) => result);

  Reflect.apply(wrapped, undefined, args);
  await profiler.buffer.flushAll();

  expect(await storedRecords(outputDir, 's')).toMatchObject([{ statusCode: status }]);
});

test('survives a response that cannot be read and an error that cannot be printed', async () => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir });
  const hostile = new Proxy(
    {},
    {
      has() {
        throw new Error('hostile');
      },
    },
  );
  const unprintable = Object.create(null);
  const wrapped = profileEndpoint('h', { profiler })((..._args: unknown[]) => {
    throw unprintable;
  });

  expect(() => wrapped({}, hostile)).toThrow();
  await profiler.buffer.flushAll();

  expect(await storedRecords(outputDir, 'h')).toMatchObject([
    { statusCode: 500, errorMessage: '(unprintable error)' },
  ]);
  expect(profiler.getStats().internalErrors).toBe(0);
});

test('lets a rejection that nobody handles end the process as it does without heaptide', () => {
  const script = `
    const { EndpointProfiler, profileEndpoint } = require('heaptide');
    const profiler = new EndpointProfiler({ enabled: true, outputDir: '/dev/null/x' });
    profileEndpoint('a', { profiler })(async () => { throw new Error('nobody handles this'); })();`;

  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });

  expect(status).toBe(1);
  expect(stderr).toContain('nobody handles this');
});

test.each([[undefined], [7], ['name'], [{}], [null]])('refuses to wrap %s', (value) => {
  expect(() => Reflect.apply(profileEndpoint('x'), undefined, [value])).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test.each([
  ['', 'ERR_OUT_OF_RANGE'],
  [7, 'ERR_INVALID_ARG_TYPE'],
  [{}, 'ERR_INVALID_ARG_TYPE'],
])('refuses the name %j', (name, code) => {
  expect(() => Reflect.apply(profileEndpoint, undefined, [name])).toThrow(
    expect.objectContaining({ code }),
  );
});
