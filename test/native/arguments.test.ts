import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const require = createRequire(__filename);
const addon = require(join(__dirname, 'fixtures', 'addon.cjs'));

const options = { intervalBytes: 131_072, stackDepth: 16, selfPrefixes: ['/nowhere/'] };
const typeError = expect.objectContaining({
  name: 'TypeError',
  code: 'ERR_INVALID_ARG_TYPE',
});
const rangeError = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const WRONG_TYPES = [undefined, null, '1', {}, [], 1n, Symbol('1')];
const OUT_OF_RANGE = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

describe.each(['intervalBytes', 'stackDepth'])('the option %s', (name) => {
  test.each(WRONG_TYPES)('refuses %o, which is no number', (value) => {
    expect(thrownBy(() => addon.startSampler({ ...options, [name]: value }))).toEqual(typeError);
    expect(addon.samplerOwner()).toBe('none');
  });

  test.each(OUT_OF_RANGE)('refuses %o, which is out of range', (value) => {
    expect(thrownBy(() => addon.startSampler({ ...options, [name]: value }))).toEqual(rangeError);
    expect(addon.samplerOwner()).toBe('none');
  });
});

test.each([undefined, 'path', [1], [null], [''], {}])(
  'the prefixes may not be %o',
  (selfPrefixes) => {
    expect(thrownBy(() => addon.startSampler({ ...options, selfPrefixes }))).toEqual(typeError);
    expect(addon.samplerOwner()).toBe('none');
  },
);

test.each(WRONG_TYPES.filter((value) => typeof value !== 'object' || value === null))(
  'the options may not be %o',
  (value) => {
    expect(thrownBy(() => addon.startSampler(value))).toEqual(typeError);
  },
);

test('an error of a getter in the options is passed on', () => {
  const failing = {
    ...options,
    get stackDepth(): number {
      throw new Error('from the getter');
    },
  };

  expect(() => addon.startSampler(failing)).toThrow('from the getter');
  expect(addon.samplerOwner()).toBe('none');
});

test.each(WRONG_TYPES)('the limit of sites may not be %o', (value) => {
  expect(thrownBy(() => addon.readSites(value))).toEqual(typeError);
});

test.each(OUT_OF_RANGE)('the limit of sites is not %o', (value) => {
  expect(thrownBy(() => addon.readSites(value))).toEqual(rangeError);
});

test.each(WRONG_TYPES)('the number of a stack may not be %o', (value) => {
  expect(thrownBy(() => addon.stackFrames(value))).toEqual(typeError);
});

test.each([-1, 1.5, Number.NaN, 2 ** 53])('the number of a stack is not %o', (value) => {
  expect(thrownBy(() => addon.stackFrames(value))).toEqual(rangeError);
});

test('an unknown stack has no frames', () => {
  expect(addon.stackFrames(2 ** 32 - 1)).toEqual([]);
});

test.each([undefined, null, 1, {}, 'f'])('the location of %o is refused', (value) => {
  expect(thrownBy(() => addon.functionLocation(value))).toEqual(typeError);
});

test('functions work without their object, and with arguments too many', () => {
  const { read, samplerOwner } = addon;

  read.call(null, 1, 2, 3);

  expect(samplerOwner(1)).toBe('none');
});
