import { inspect } from 'node:util';
import type { ProfilerOptions, ResolvedOptions } from './options.js';
import {
  invalidArgType,
  validateBoolean,
  validateNumber,
  validateObject,
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

const RULES: Rules<ResolvedOptions> = {
  enabled: flag(false, 'HEAPTIDE_ENABLE_PROFILING'),
  samplingRate: number(1, 0, 1, 'HEAPTIDE_PROFILING_SAMPLE_RATE'),
  bufferSize: integer(100, 1, 4096),
  flushIntervalMs: number(60_000, 100, 3_600_000),
  maxProfilesPerEndpoint: integer(10_000, 1, 10_000_000),
  outputDir: {
    fallback: 'endpoint_profiles',
    check: validateString,
    parse: (text) => text,
    env: 'HEAPTIDE_PROFILE_OUTPUT_DIR',
  },
  maxEndpoints: integer(1000, 1, 10_000),
  capture: {
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
    sampleIntervalBytes: integer(128 * 1024, 1024, 2 ** 30),
    stackDepth: integer(32, 1, 128),
    top: integer(10, 1, 100),
    refreshMs: number(1000, 0, 3_600_000),
    maxCpuShare: number(0.01, 0, 1),
  },
  probe: {
    enabled: flag(true),
    minIntervalMs: number(2000, 100, 3_600_000),
    maxCpuShare: number(0.01, 0.0001, 1),
  },
};

/**
 * Fills in the environment and the defaults.
 *
 * A wrong value in code throws, naming option, value and range. A wrong variable is ignored and reported through
 * `warn`: an environment must not take a service down.
 *
 * @throws `ERR_INVALID_ARG_TYPE` on a wrong type or an unknown option, `ERR_OUT_OF_RANGE` on a value out of range.
 */
export function resolveOptions(
  options: ProfilerOptions,
  env: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): ResolvedOptions {
  // The table's type proves that it has exactly one rule per option, so the walk rebuilds the options' shape.
  return resolveGroup(RULES, options, '', { env, warn }) as unknown as ResolvedOptions;
}

interface Source {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn: (message: string) => void;
}

interface RuleGroup {
  readonly [name: string]: Rule<unknown> | RuleGroup;
}

function resolveGroup(
  rules: object,
  options: unknown,
  prefix: string,
  source: Source,
): Record<string, unknown> {
  const given = validateObject(
    prefix === '' ? 'options' : prefix.slice(0, -1),
    options === undefined ? {} : options,
  );
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) {
      throw invalidArgType(`${prefix}${name}`, 'a known option', given[name]);
    }
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules as RuleGroup)) {
    const path = prefix + name;
    resolved[name] = isRule(rule)
      ? resolveOne(rule, given[name], path, source)
      : resolveGroup(rule, given[name], `${path}.`, source);
  }
  return resolved;
}

function resolveOne(rule: Rule<unknown>, value: unknown, path: string, source: Source): unknown {
  if (value !== undefined) return rule.check(path, value);
  const variable = rule.env ?? environmentName(path);
  const text = source.env[variable];
  if (text === undefined || text === '') return rule.fallback;
  try {
    return rule.check(variable, rule.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : inspect(error);
    source.warn(`${reason}; the variable is ignored and ${inspect(rule.fallback)} is used`);
    return rule.fallback;
  }
}

function isRule(value: Rule<unknown> | RuleGroup): value is Rule<unknown> {
  return 'fallback' in value;
}

/** `capture.spikeRatio` becomes `HEAPTIDE_CAPTURE_SPIKE_RATIO`. */
function environmentName(path: string): string {
  const words = path.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `HEAPTIDE_${words.toUpperCase()}`;
}

function flag(fallback: boolean, env?: string): Rule<boolean> {
  return rule({ fallback, check: validateBoolean, parse: parseFlag }, env);
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
