import { expect, test } from 'vitest';
import { resolveOptions } from '../../../lib/core/resolve-options.js';

const silent = { env: {}, warn: () => {} };

function codeOf(options: unknown): unknown {
  try {
    resolveOptions(options as never, silent);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('has the documented defaults', () => {
  const options = resolveOptions({}, silent);

  expect(options).toMatchObject({
    enabled: false,
    samplingRate: 1,
    bufferSize: 100,
    flushIntervalMs: 60_000,
    maxProfilesPerEndpoint: 10_000,
    maxFileBytes: 64 * 1024 * 1024,
    maxAgeMs: 0,
    outputDir: 'endpoint_profiles',
    capture: { spikeRatio: 0.02, periodicEvery: 25, errorIntervalMs: 1000 },
    sites: {
      sampleIntervalBytes: 8192,
      maxSamplesPerSecond: 500,
      stackDepth: 32,
      refreshMs: 1000,
      maxCpuShare: 0.01,
    },
    probe: { enabled: true, minIntervalMs: 2000, maxCpuShare: 0.01 },
  });
});

test('prefers code over environment over package.json over default', () => {
  const env = { HEAPTIDE_PROFILING_SAMPLE_RATE: '0.25', HEAPTIDE_BUFFER_SIZE: '7' };
  const manifest = { samplingRate: 0.1, bufferSize: 8, maxEndpoints: 9, capture: { first: false } };

  const options = resolveOptions({ samplingRate: 0.5 }, { ...silent, env, manifest });

  expect(options).toMatchObject({ samplingRate: 0.5, bufferSize: 7, maxEndpoints: 9 });
  expect(options.capture).toMatchObject({ first: false, error: true });
});

test('ignores what is wrong in package.json, says where it stands, and keeps the rest', () => {
  const said: string[] = [];
  const manifest = { samplingRate: 2, nonsense: 1, bufferSize: 5, capture: 'all' };

  const options = resolveOptions({}, { env: {}, manifest, warn: (message) => said.push(message) });

  expect(options).toMatchObject({ samplingRate: 1, bufferSize: 5, capture: { first: true } });
  expect(said).toHaveLength(3);
  expect(said.join('\n')).toMatch(/"package.json heaptide.nonsense"/);
  expect(said.join('\n')).toMatch(/from 0 to 1 for "package.json heaptide.samplingRate".*2/);
  expect(said.join('\n')).toMatch(/an object for "package.json heaptide.capture".*'all'/);
});

test.each([[7], ['on'], [null], [[]]])(
  'ignores %j in place of options in package.json',
  (manifest) => {
    const said: string[] = [];

    const options = resolveOptions(
      {},
      { env: {}, manifest, warn: (message) => said.push(message) },
    );

    expect(options).toEqual(resolveOptions({}, silent));
    expect(said).toEqual([expect.stringContaining('"package.json heaptide"')]);
  },
);

test('reads every option from the environment, nested ones included', () => {
  const env = {
    HEAPTIDE_ENABLE_PROFILING: 'true',
    HEAPTIDE_PROFILE_OUTPUT_DIR: '/tmp/x',
    HEAPTIDE_CAPTURE_SPIKE_RATIO: '0.1',
    HEAPTIDE_SITES_ENABLED: 'off',
    HEAPTIDE_PROBE_MIN_INTERVAL_MS: '500',
  };

  const options = resolveOptions({}, { ...silent, env });

  expect(options).toMatchObject({
    enabled: true,
    outputDir: '/tmp/x',
    capture: { spikeRatio: 0.1 },
    sites: { enabled: false },
    probe: { minIntervalMs: 500 },
  });
});

test('ignores a wrong variable and says so, since an environment must not take a service down', () => {
  const said: string[] = [];

  const options = resolveOptions(
    {},
    {
      env: { HEAPTIDE_PROFILING_SAMPLE_RATE: '200%' },
      manifest: { samplingRate: 0.5 },
      warn: (message) => said.push(message),
    },
  );

  expect(options.samplingRate).toBe(0.5);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/HEAPTIDE_PROFILING_SAMPLE_RATE.*from 0 to 1.*NaN|200%/);
});

test.each([
  [{ samplingRate: '0.5' }, 'ERR_INVALID_ARG_TYPE', /"samplingRate".*'0.5'.*string/],
  [{ samplingRate: 1.5 }, 'ERR_OUT_OF_RANGE', /from 0 to 1.*"samplingRate".*1.5/],
  [{ samplingRate: Number.NaN }, 'ERR_OUT_OF_RANGE', /"samplingRate".*NaN/],
  [{ bufferSize: 2.5 }, 'ERR_OUT_OF_RANGE', /integer.*"bufferSize".*2.5/],
  [{ bufferSize: 0 }, 'ERR_OUT_OF_RANGE', /"bufferSize".*0/],
  [{ enabled: 'yes' }, 'ERR_INVALID_ARG_TYPE', /boolean.*"enabled".*'yes'/],
  [{ outputDir: '' }, 'ERR_OUT_OF_RANGE', /"outputDir"/],
  [{ toggleSignal: 'SIGNONE' }, 'ERR_OUT_OF_RANGE', /signal.*"toggleSignal".*SIGNONE/],
  [{ outputDir: 7 }, 'ERR_INVALID_ARG_TYPE', /"outputDir".*7/],
  [{ capture: { spikeRatio: -1 } }, 'ERR_OUT_OF_RANGE', /"capture.spikeRatio".*-1/],
  [{ capture: 5 }, 'ERR_INVALID_ARG_TYPE', /"capture".*5/],
  [{ capture: null }, 'ERR_INVALID_ARG_TYPE', /"capture".*null/],
  [{ sampleRate: 1 }, 'ERR_INVALID_ARG_TYPE', /known option.*"sampleRate"/],
  [null, 'ERR_INVALID_ARG_TYPE', /"options".*null/],
  [[], 'ERR_INVALID_ARG_TYPE', /"options"/],
])('rejects %j with %s, naming option, value and range', (options, code, message) => {
  const error = codeOf(options);

  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(error).toBeInstanceOf(code === 'ERR_OUT_OF_RANGE' ? RangeError : TypeError);
});
