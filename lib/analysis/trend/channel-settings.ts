import type { Channel } from '../../core/analysis-result.js';
import { BYTES_PER_KB, BYTES_PER_MB } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';

/**
 * How one channel is tested. "Full" is the window after warm-up, "tail" its later half.
 *
 * The values come from recorded series of 70 small programs with known leaks (docs/detection.md); each was removed in
 * turn to see what it is for.
 */
export interface ChannelSettings {
  /** Share of the window's requests that is warm-up: lazy initialization, first compilation, first cache entries. */
  readonly warmUpShare: number;
  /** Largest p-value of a rise over the full window. */
  readonly fullAlpha: number;
  /** Largest p-value of a rise over the tail: it has half the points, and must merely agree. */
  readonly tailAlpha: number;
  /** Growth below this is drift: healthy programs settle within it for thousands of requests. */
  readonly fullGrowthBytes: number;
  readonly tailGrowthBytes: number;
  /** Growth over the full window must also exceed the noise by this factor. */
  readonly noiseMultiple: number;
  /** The noise is never taken to be below this. */
  readonly noiseFloorBytes: number;
  /** A single floor this much above both neighbors caught a passing allocation. */
  readonly spikeBytes: number;
  /** Whether bytecode is part of the channel, which V8 drops when it goes unused. */
  readonly holdsBytecode: boolean;
  /** The last third must grow at this share of the steepest pace before it. */
  readonly minDecelerationRatio: number;
}

// Clean programs scatter by 4 to 30 KB and drift by less than 80 KB in 20,000 requests, as code settles.
const HEAP: ChannelSettings = {
  warmUpShare: 0.2,
  fullAlpha: 0.005,
  tailAlpha: 0.08,
  fullGrowthBytes: 96 * BYTES_PER_KB,
  tailGrowthBytes: 36 * BYTES_PER_KB,
  noiseMultiple: 4,
  noiseFloorBytes: 4 * BYTES_PER_KB,
  spikeBytes: 48 * BYTES_PER_KB,
  holdsBytecode: true,
  minDecelerationRatio: 0.35,
};

// Buffers come in larger units: Node's own pool takes slabs of 8 KB, sockets and files 64 KB.
const EXTERNAL: ChannelSettings = {
  ...HEAP,
  fullGrowthBytes: 128 * BYTES_PER_KB,
  tailGrowthBytes: 48 * BYTES_PER_KB,
  spikeBytes: 512 * BYTES_PER_KB,
  holdsBytecode: false,
};

// RSS minus V8's part scatters by 0.1 to 4 MB and drifts by about 100 bytes per request: page and arena granularity.
const NATIVE: ChannelSettings = {
  warmUpShare: 0.3,
  fullAlpha: 0.001,
  tailAlpha: 0.01,
  fullGrowthBytes: 14 * BYTES_PER_MB,
  tailGrowthBytes: 5 * BYTES_PER_MB,
  noiseMultiple: 6,
  noiseFloorBytes: 256 * BYTES_PER_KB,
  spikeBytes: 2 * BYTES_PER_MB,
  holdsBytecode: false,
  minDecelerationRatio: 0.5,
};

/** The settings of each channel. */
export const CHANNEL_SETTINGS: Readonly<Record<Channel, ChannelSettings>> = {
  heap: HEAP,
  external: EXTERNAL,
  native: NATIVE,
};

/**
 * Share of the size of code that its metadata, which is not counted as code, grows by while a program warms up: feedback
 * vectors, shapes, deoptimization data. Measured on healthy HTTP services (test/bench/detect/live).
 */
const DRIFT_SHARE_OF_CODE = 0.16;

/** The settings of a channel for these floors: a program with much code drifts more while it settles. */
export function settingsFor(channel: Channel, floors: readonly FloorPoint[]): ChannelSettings {
  const settings = CHANNEL_SETTINGS[channel];
  if (channel !== 'heap') return settings;
  const code = floors.reduce((most, floor) => Math.max(most, floor.code ?? 0), 0);
  const scale = Math.max(1, (DRIFT_SHARE_OF_CODE * code) / settings.fullGrowthBytes);
  return {
    ...settings,
    fullGrowthBytes: scale * settings.fullGrowthBytes,
    tailGrowthBytes: scale * settings.tailGrowthBytes,
  };
}

/** Bars for what follows a bend: the bend was chosen by looking at the data, so chance fits it better. */
export function settingsAfterBend(settings: ChannelSettings): ChannelSettings {
  return { ...settings, ...selectedPart(settings), warmUpShare: 0.1, minDecelerationRatio: 0.55 };
}

/** Bars for the last part of a window, tested for growth that began late: it has no warm-up of its own. */
export function settingsForLateOnset(settings: ChannelSettings): ChannelSettings {
  return { ...settings, ...selectedPart(settings), warmUpShare: 0, minDecelerationRatio: 0.5 };
}

/** Stricter bars pay for the choice of the part. */
function selectedPart(settings: ChannelSettings) {
  return {
    fullAlpha: 0.001,
    tailAlpha: 0.02,
    fullGrowthBytes: 2 * settings.fullGrowthBytes,
    tailGrowthBytes: 2 * settings.tailGrowthBytes,
  };
}
