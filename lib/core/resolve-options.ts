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
  /** Name of the variable where it differs from `HEAPTIDE_` and the option's path. */
  readonly env?: string;
};

type Rules<T> = {
  readonly [K in keyof T]: T[K] extends boolean | number | string ? Rule<T[K]> : Rules<T[K]>;
};

/** How messages name what stands in the manifest. */
const MANIFEST_KEY = 'package.json heaptide.';

const RULES: Rules<ResolvedOptions> = {
  enabled: flag(false, 'HEAPTIDE_ENABLE_PROFILING'),
  samplingRate: number(1, 0, 1, 'HEAPTIDE_PROFILING_SAMPLE_RATE'),
  maxRecordsPerSecond: number(50, 1, 1_000_000),
  bufferSize: integer(100, 1, 4096),
  flushIntervalMs: number(60_000, 100, 3_600_000),
  maxProfilesPerEndpoint: integer(10_000, 1, 10_000_000),
  maxFileBytes: integer(64 * 1024 * 1024, 64 * 1024, 2 ** 40),
  maxAgeMs: number(0, 0, 315_360_000_000),
  outputDir: {
    fallback: 'endpoint_profiles',
    check: validateString,
    parse: (text) => text,
    env: 'HEAPTIDE_PROFILE_OUTPUT_DIR',
  },
  maxEndpoints: integer(1000, 1, 10_000),
  toggleSignal: { fallback: 'SIGUSR2', check: validateSignal, parse: (text) => text },
  capture: {
    nearHeapLimit: flag(true),
    first: flag(true),
    error: flag(true),
    errorIntervalMs: number(1000, 0, 3_600_000),
    spikeRatio: number(0.02, 0, 10),
    spikeMinBytes: number(1024 * 1024, 0, 2 ** 40),
    periodicEvery: integer(25, 0, 1_000_000_000),
    postGc: flag(true),
  },
  sites: {
    enabled: flag(true),
    sampleIntervalBytes: integer(8 * 1024, 1024, MAX_SAMPLE_INTERVAL_BYTES),
    maxSamplesPerSecond: number(500, 10, 1_000_000),
    stackDepth: integer(32, 1, 128),
    top: integer(10, 1, 100),
    refreshMs: number(1000, 0, 3_600_000),
    maxCpuShare: number(0.01, 0, 1),
  },
  probe: {
    enabled: flag(true),
    mode: choice('concurrent', ['concurrent', 'forced']),
    minIntervalMs: number(2000, 100, 3_600_000),
    maxCpuShare: number(0.01, 0.0001, 1),
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
  const variable = rule.env ?? environmentName(path);
  const text = env[variable];
  try {
    if (text !== undefined && text !== '') return rule.check(variable, rule.parse(text));
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
  return 'fallback' in value;
}

/**
 * `capture.spikeRatio` becomes `HEAPTIDE_CAPTURE_SPIKE_RATIO`. Without a regular expression: V8 compiles a global one
 * to machine code, which takes 0.1 MB at start-up.
 */
function environmentName(path: string): string {
  let words = '';
  for (const character of path) {
    if (character >= 'A' && character <= 'Z') words += '_';
    words += character === '.' ? '_' : character;
  }
  return `HEAPTIDE_${words.toUpperCase()}`;
}

function flag(fallback: boolean, env?: string): Rule<boolean> {
  return rule({ fallback, check: validateBoolean, parse: parseFlag }, env);
}

function choice<T extends string>(fallback: T, choices: readonly T[]): Rule<T> {
  const check = (name: string, value: unknown) => validateChoice(name, value, choices);
  return rule({ fallback, check, parse: (text) => text });
}

function number(fallback: number, min: number, max: number, env?: string): Rule<number> {
  const check = (name: string, value: unknown) => validateNumber(name, value, { min, max });
  return rule({ fallback, check, parse: parseNumber }, env);
}

function integer(fallback: number, min: number, max: number): Rule<number> {
  const range = { min, max, integer: true };
  const check = (name: string, value: unknown) => validateNumber(name, value, range);
  return rule({ fallback, check, parse: parseNumber });
}

function rule<T>(base: Omit<Rule<T>, 'env'>, env?: string): Rule<T> {
  return env === undefined ? base : { ...base, env };
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
