import { describe, expect, test } from 'vitest';
import { BACKENDS, bindingOf, nativeBinding } from './binding.js';
import { readFixture } from './run-fixture.js';

interface Located {
  readonly name: string;
  readonly location: ReadonlyArray<string | number>;
  readonly early: ReadonlyArray<string | number>;
  readonly isSampled: boolean;
}

describe.each(BACKENDS)('%s', (backend) => {
  describe('the location of a function', async () => {
    const located = await readFixture<readonly Located[]>('function-locations.mjs', { backend });

    test.each(located)('equals its frame in a sampled stack: $name', ({ location, isSampled }) => {
      expect(location).toHaveLength(4);
      expect(isSampled).toBe(true);
    });

    test.each(located)('does not change when the function is compiled: $name', (one) => {
      expect(one.early).toEqual(one.location);
    });

    test('is a path in CommonJS and a URL in an ES module', () => {
      const file = (name: string) => located.find((one) => one.name === name)?.location[1];

      expect(file('cjs plain')).toMatch(/^\/.*functions\.cjs$/);
      expect(file('esm plain')).toMatch(/^file:\/\/\/.*functions\.mjs$/);
    });
  });

  const { functionLocation } = bindingOf(backend);

  test('bound functions are followed to their target', () => {
    const target = (value: number) => value;
    const bound = target.bind(null).bind(null, 1);

    expect(functionLocation(bound)).toEqual(functionLocation(target));
    expect(functionLocation(bound)).toHaveLength(4);
  });

  test('built-in functions, proxies and native functions have no location', () => {
    const proxy = new Proxy(() => undefined, {});

    expect(functionLocation(Math.max)).toEqual([]);
    expect(functionLocation(Math.max.bind(null))).toEqual([]);
    expect(functionLocation(proxy)).toEqual([]);
    expect(functionLocation(nativeBinding().read)).toEqual([]);
  });

  test('asking leaves nothing on the global object', () => {
    const before = Reflect.ownKeys(globalThis);

    functionLocation(() => undefined);

    expect(Reflect.ownKeys(globalThis)).toEqual(before);
  });
});
