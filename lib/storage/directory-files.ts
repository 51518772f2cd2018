/** Files of a profile directory that are not an endpoint's. Their names begin with `_`, which no endpoint's does. */
export const TIMELINE_FILE = '_timeline.json';
export const STACKS_FILE = '_stacks.json';
export const ENDPOINTS_FILE = '_endpoints.json';

/** Entries that compaction keeps: a tick a second for more than a day, about 50 MB. */
export const TIMELINE_LIMIT = 100_000;
/** Stacks that compaction keeps; a service has hundreds to a few thousand live ones. */
export const STACKS_LIMIT = 20_000;
/** Index entries that compaction keeps: the largest number of endpoints, with ten changes each. */
export const ENDPOINTS_LIMIT = 100_000;

/** Whether `name` is that of an endpoint's file. Never a path: an index that was tampered with leads nowhere else. */
export function isProfileFile(name: string): boolean {
  return /^[^_./\\][^/\\]*\.json$/u.test(name);
}
