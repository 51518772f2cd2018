import { inspect } from 'node:util';
import {
  MAX_SAMPLE_INTERVAL_BYTES,
  type ProfilerOptions,
  type ResolvedOptions,
} from './options.js';
import {
  invalidArgType,
  validateBoolean,
  validateChoice,
  validateNumber,
  validateObject,
  validateSignal,
  validateString,
} from './validation.js';

/** How one option is checked, read from the environment, and what it is when nobody sets it. */
type Rule<T> = {
  readonly fallback: T;
  readonly check: (name: string, value: unknown) => T;
  readonly parse: (text: string) => unknown;
  /** The variable that sets it. Written out: to make thirty names at start-up would take 40 KB. */
  readonly env: string;
};

type Rules<T> = {
  readonly [K in keyof T]: T[K] extends boolean | number | string ? Rule<T[K]> : Rules<T[K]>;
};

/** How messages name what stands in the manifest. */
const MANIFEST_KEY = 'package.json heaptide.';

const RULES: Rules<ResolvedOptions> = {
  enabled: flag(false, 'HEAPTIDE_ENABLE_PROFILING'),
  samplingRate: number(1, 0, 1, 'HEAPTIDE_PROFILING_SAMPLE_RATE'),
  maxRecordsPerSecond: number(50, 1, 1_000_000, 'HEAPTIDE_MAX_RECORDS_PER_SECOND'),
  bufferSize: integer(100, 1, 4096, 'HEAPTIDE_BUFFER_SIZE'),
  flushIntervalMs: number(60_000, 100, 3_600_000, 'HEAPTIDE_FLUSH_INTERVAL_MS'),
  maxProfilesPerEndpoint: integer(10_000, 1, 10_000_000, 'HEAPTIDE_MAX_PROFILES_PER_ENDPOINT'),
  maxFileBytes: integer(64 * 1024 * 1024, 64 * 1024, 2 ** 40, 'HEAPTIDE_MAX_FILE_BYTES'),
  maxAgeMs: number(0, 0, 315_360_000_000, 'HEAPTIDE_MAX_AGE_MS'),
  outputDir: {
    fallback: 'endpoint_profiles',
    check: validateString,
    parse: (text) => text,
    env: 'HEAPTIDE_PROFILE_OUTPUT_DIR',
  },
  maxEndpoints: integer(1000, 1, 10_000, 'HEAPTIDE_MAX_ENDPOINTS'),
  toggleSignal: {
    fallback: 'SIGUSR2',
    check: validateSignal,
    parse: (text) => text,
    env: 'HEAPTIDE_TOGGLE_SIGNAL',
  },
  capture: {
    nearHeapLimit: flag(true, 'HEAPTIDE_CAPTURE_NEAR_HEAP_LIMIT'),
    first: flag(true, 'HEAPTIDE_CAPTURE_FIRST'),
    error: flag(true, 'HEAPTIDE_CAPTURE_ERROR'),
    errorIntervalMs: number(1000, 0, 3_600_000, 'HEAPTIDE_CAPTURE_ERROR_INTERVAL_MS'),
    spikeRatio: number(0.02, 0, 10, 'HEAPTIDE_CAPTURE_SPIKE_RATIO'),
    spikeMinBytes: number(1024 * 1024, 0, 2 ** 40, 'HEAPTIDE_CAPTURE_SPIKE_MIN_BYTES'),
    periodicEvery: integer(25, 0, 1_000_000_000, 'HEAPTIDE_CAPTURE_PERIODIC_EVERY'),
    postGc: flag(true, 'HEAPTIDE_CAPTURE_POST_GC'),
  },
  sites: {
    enabled: flag(true, 'HEAPTIDE_SITES_ENABLED'),
    sampleIntervalBytes: integer(
      8 * 1024,
      1024,
      MAX_SAMPLE_INTERVAL_BYTES,
      'HEAPTIDE_SITES_SAMPLE_INTERVAL_BYTES',
    ),
    maxSamplesPerSecond: number(500, 10, 1_000_000, 'HEAPTIDE_SITES_MAX_SAMPLES_PER_SECOND'),
    stackDepth: integer(32, 1, 128, 'HEAPTIDE_SITES_STACK_DEPTH'),
    top: integer(10, 1, 100, 'HEAPTIDE_SITES_TOP'),
    refreshMs: number(1000, 0, 3_600_000, 'HEAPTIDE_SITES_REFRESH_MS'),
    maxCpuShare: number(0.01, 0, 1, 'HEAPTIDE_SITES_MAX_CPU_SHARE'),
  },
  probe: {
    enabled: flag(true, 'HEAPTIDE_PROBE_ENABLED'),
    mode: choice('concurrent', ['concurrent', 'forced'], 'HEAPTIDE_PROBE_MODE'),
    minIntervalMs: number(2000, 100, 3_600_000, 'HEAPTIDE_PROBE_MIN_INTERVAL_MS'),
    maxCpuShare: number(0.01, 0.0001, 1, 'HEAPTIDE_PROBE_MAX_CPU_SHARE'),
  },
};

/** Where options come from when the code does not say. */
export interface OptionSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `package.json` says under `heaptide`; unchecked. */
  readonly manifest?: unknown;
  readonly warn: (message: string) => void;
}

/**
 * Fills in the environment, then `package.json`, then the defaults.
 *
 * A wrong value in code throws, naming option, value and range. A wrong variable and a wrong value in `package.json` are
 * ignored and reported through `warn`: configuration must not take a service down.
 *
 * @throws `ERR_INVALID_ARG_TYPE` on a wrong type or an unknown option, `ERR_OUT_OF_RANGE` on a value out of range.
 */
export function resolveOptions(options: ProfilerOptions, sources: OptionSources): ResolvedOptions {
  const given = { code: options, manifest: sources.manifest };
  // The table's type proves that it has exactly one rule per option, so the walk rebuilds the options' shape.
  return resolveGroup(RULES, given, '', sources) as unknown as ResolvedOptions;
}

/** The values that code and `package.json` give to one option, or to one group. */
interface Given {
  readonly code: unknown;
  readonly manifest: unknown;
}

interface RuleGroup {
  readonly [name: string]: Rule<unknown> | RuleGroup;
}

function resolveGroup(
  rules: object,
  given: Given,
  prefix: string,
  sources: OptionSources,
): Record<string, unknown> {
  const code = knownOptions(rules, given.code, prefix === '' ? 'options' : prefix.slice(0, -1));
  const manifest = manifestGroup(rules, given.manifest, prefix, sources);
  const resolved: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules as RuleGroup)) {
    const path = prefix + name;
    const one = { code: code[name], manifest: manifest[name] };
    resolved[name] = isRule(rule)
      ? resolveOne(rule, one, path, sources)
      : resolveGroup(rule, one, `${path}.`, sources);
  }
  return resolved;
}

/** `value` as a group of options that all have a rule. */
function knownOptions(
  rules: object,
  value: unknown,
  name: string,
): Readonly<Record<string, unknown>> {
  const group = validateObject(name, value === undefined ? {} : value);
  for (const key of Object.keys(group)) {
    if (Object.hasOwn(rules, key)) continue;
    const path = name === 'options' ? key : `${name}.${key}`;
    throw invalidArgType(path, 'a known option', group[key]);
  }
  return group;
}

function manifestGroup(
  rules: object,
  value: unknown,
  prefix: string,
  { warn }: OptionSources,
): Readonly<Record<string, unknown>> {
  try {
    return knownOptions(rules, value, `${MANIFEST_KEY}${prefix}`.slice(0, -1));
  } catch (error) {
    warn(`${messageOf(error)}; it is ignored`);
    // What is known beside the unknown still counts.
    return typeof value === 'object' && value !== null ? { ...value } : {};
  }
}

function resolveOne(
  rule: Rule<unknown>,
  given: Given,
  path: string,
  { env, warn }: OptionSources,
): unknown {
  if (given.code !== undefined) return rule.check(path, given.code);
  const text = env[rule.env];
  try {
    if (text !== undefined && text !== '') return rule.check(rule.env, rule.parse(text));
  } catch (error) {
    warn(`${messageOf(error)}; the variable is ignored`);
  }
  try {
    if (given.manifest !== undefined) return rule.check(MANIFEST_KEY + path, given.manifest);
  } catch (error) {
    warn(`${messageOf(error)}; it is ignored`);
  }
  return rule.fallback;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}

function isRule(value: Rule<unknown> | RuleGroup): value is Rule<unknown> {
  return typeof value['check'] === 'function';
}

function flag(fallback: boolean, env: string): Rule<boolean> {
  return { fallback, check: validateBoolean, parse: parseFlag, env };
}

function choice<T extends string>(fallback: T, choices: readonly T[], env: string): Rule<T> {
  const check = (name: string, value: unknown) => validateChoice(name, value, choices);
  return { fallback, check, parse: (text) => text, env };
}

function number(fallback: number, min: number, max: number, env: string): Rule<number> {
  const check = (name: string, value: unknown) => validateNumber(name, value, { min, max });
  return { fallback, check, parse: parseNumber, env };
}

function integer(fallback: number, min: number, max: number, env: string): Rule<number> {
  const range = { min, max, integer: true };
  const check = (name: string, value: unknown) => validateNumber(name, value, range);
  return { fallback, check, parse: parseNumber, env };
}

function parseFlag(text: string): unknown {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  return text;
}

function parseNumber(text: string): unknown {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}
