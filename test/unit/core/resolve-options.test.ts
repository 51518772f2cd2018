import { expect, test } from 'vitest';
import { resolveOptions } from '../../../lib/core/resolve-options.js';

const silent = () => {};

function codeOf(options: unknown): unknown {
  try {
    resolveOptions(options as never, {}, silent);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('has the documented defaults', () => {
  const options = resolveOptions({}, {}, silent);

  expect(options).toMatchObject({
    enabled: false,
    samplingRate: 1,
    bufferSize: 100,
    flushIntervalMs: 60_000,
    maxProfilesPerEndpoint: 10_000,
    outputDir: 'endpoint_profiles',
    capture: { spikeRatio: 0.02, periodicEvery: 25, errorIntervalMs: 1000 },
    sites: { sampleIntervalBytes: 131_072, stackDepth: 32, refreshMs: 1000, maxCpuShare: 0.01 },
    probe: { enabled: true, minIntervalMs: 2000, maxCpuShare: 0.01 },
  });
});

test('prefers code over environment over default', () => {
  const env = { HEAPTIDE_PROFILING_SAMPLE_RATE: '0.25', HEAPTIDE_BUFFER_SIZE: '7' };

  const options = resolveOptions({ samplingRate: 0.5 }, env, silent);

  expect(options.samplingRate).toBe(0.5);
  expect(options.bufferSize).toBe(7);
});

test('reads every option from the environment, nested ones included', () => {
  const env = {
    HEAPTIDE_ENABLE_PROFILING: 'true',
    HEAPTIDE_PROFILE_OUTPUT_DIR: '/tmp/x',
    HEAPTIDE_CAPTURE_SPIKE_RATIO: '0.1',
    HEAPTIDE_SITES_ENABLED: 'off',
    HEAPTIDE_PROBE_MIN_INTERVAL_MS: '500',
  };

  const options = resolveOptions({}, env, silent);

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

  const options = resolveOptions({}, { HEAPTIDE_PROFILING_SAMPLE_RATE: '200%' }, (message) =>
    said.push(message),
  );

  expect(options.samplingRate).toBe(1);
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
