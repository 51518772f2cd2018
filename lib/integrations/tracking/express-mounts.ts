import { isObject } from './objects.js';

/** Routers inside routers that are looked into. */
const MAX_DEPTH = 16;

/** What a router of Express 4 or 5 keeps for each path that it serves, as far as names need it. */
interface Layer {
  readonly handle: unknown;
  readonly route?: unknown;
  /** The pattern as it was given. Versions before 5.3 do not keep it. */
  readonly rawPath?: unknown;
  /** Express 5 answers with the match, Express 4 with `true` and the match in the layer. */
  readonly match: (path: string) => unknown;
}

/** The layers that lead to a route, outermost first; the last is the route's own. */
export interface Mount {
  /** Patterns under which the application itself is mounted in others. */
  readonly base: readonly string[];
  readonly layers: readonly Layer[];
}

/** Where in the application of a request a route is mounted. Empty when it cannot be found. */
export function findMounts(app: unknown, route: object): Mount[] {
  const base = basePatterns(app);
  return chainsTo(route, stackOf(routerOf(app)), 0).map((layers) => ({ base, layers }));
}

/** The pattern in front of the route's own, or `undefined` when the path does not lead through this mount. */
export function patternThrough({ base, layers }: Mount, path: string): string | undefined {
  let rest = withoutSegments(path, base.join('').split('/').length - 1);
  let pattern = base.join('');
  for (const layer of layers) {
    const match = matchLayer(layer, rest);
    if (match === undefined) return undefined;
    if (layer === layers.at(-1)) return pattern;
    pattern += match.pattern;
    rest = rest.slice(match.path.length) || '/';
  }
  return undefined;
}

/** Whether the pattern in front of the route is the same for every request. */
export function isFixed({ layers }: Mount): boolean {
  return layers.slice(0, -1).every(({ rawPath }) => typeof rawPath === 'string');
}

function chainsTo(route: object, stack: readonly Layer[], depth: number): Layer[][] {
  if (depth === MAX_DEPTH) return [];
  return stack.flatMap((layer) => {
    if (layer.route === route) return [[layer]];
    return chainsTo(route, stackOf(layer.handle), depth + 1).map((chain) => [layer, ...chain]);
  });
}

/** Express 4 keeps the router in `_router`, and its `router` throws. */
function routerOf(app: unknown): unknown {
  if (!isObject(app)) return undefined;
  return 'lazyrouter' in app ? app['_router'] : app['router'];
}

function stackOf(router: unknown): readonly Layer[] {
  if (!isObject(router) || !Array.isArray(router['stack'])) return [];
  return router['stack'].filter(isLayer);
}

function isLayer(value: unknown): value is Layer {
  return isObject(value) && typeof value['match'] === 'function';
}

/** Patterns of an application that is mounted in others, outermost first. */
function basePatterns(app: unknown): string[] {
  const patterns: string[] = [];
  let current = app;
  while (isObject(current) && isObject(current['parent']) && patterns.length < MAX_DEPTH) {
    const { mountpath } = current;
    patterns.unshift(withoutSlash(Array.isArray(mountpath) ? mountpath[0] : mountpath));
    current = current['parent'];
  }
  return patterns;
}

/** What a layer matches of a path, and as which pattern. */
function matchLayer(layer: Layer, path: string): { path: string; pattern: string } | undefined {
  const answer = layer.match(path);
  const match = answer === true ? layer : answer;
  if (!isObject(match) || typeof match['path'] !== 'string') return undefined;
  if (typeof match['pattern'] === 'string') {
    return { path: match['path'], pattern: withoutSlash(match['pattern']) };
  }
  const params = isObject(match['params']) ? match['params'] : {};
  return { path: match['path'], pattern: withParameters(match['path'], params) };
}

/** Puts the names of parameters where their values are, each once and the last first: names of resources lead. */
function withParameters(path: string, params: Readonly<Record<string, unknown>>): string {
  const names = new Map(Object.entries(params).map(([name, value]) => [value, name]));
  const segments = path.split('/');
  for (let at = segments.length - 1; at >= 0; at--) {
    const value = decoded(segments[at] ?? '');
    const name = names.get(value);
    if (name === undefined) continue;
    segments[at] = `:${name}`;
    names.delete(value);
  }
  return withoutSlash(segments.join('/'));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function withoutSlash(pattern: unknown): string {
  return String(pattern).replace(/\/+$/, '');
}

function withoutSegments(path: string, count: number): string {
  return `/${path
    .split('/')
    .slice(1 + count)
    .join('/')}`;
}
