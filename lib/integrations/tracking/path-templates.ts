import { ownCopy } from './own-copy.js';

/** Different values of a segment under one path, beyond which it counts as a parameter. */
const MAX_CHILDREN = 32;

/** Segments that are told apart; what is deeper is the rest of the path. */
const MAX_DEPTH = 10;

/** Longer segments are values: no name of a resource is so long, and a client can send one of kilobytes. */
const MAX_SEGMENT_LENGTH = 64;

/** Numbers, UUIDs, hexadecimal digests, and long words with digits in them: values, never names of resources. */
const IDENTIFIER =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|(?=[^\d]*\d)[\w~-]{20,})$/i;

type Node = Map<string, Node>;

/**
 * Makes route patterns of the paths of a server that has no router to ask: `/orders/42` becomes `/orders/:id`. Segments
 * that look like identifiers are parameters, and so are long ones, and one that takes more than 32 different values under
 * the same path. Bounded: a client that invents paths fills a tree once, and gets parameters from then on.
 */
export class PathTemplates {
  readonly #root: Node = new Map();
  #nodes = 0;
  readonly #maxNodes: number;

  /** @param maxNodes segments remembered in all. */
  constructor(maxNodes = 2000) {
    this.#maxNodes = maxNodes;
  }

  /** The pattern of a URL's path; the query is not looked at. */
  of(url: string): string {
    const path = url.split('?', 1)[0] ?? url;
    let node = this.#root;
    let pattern = '';
    for (const segment of path.split('/', MAX_DEPTH + 1).slice(1)) {
      const name = IDENTIFIER.test(segment) ? ':id' : this.#name(node, segment);
      pattern += `/${name}`;
      node = this.#child(node, name);
    }
    return pattern === '' ? '/' : pattern;
  }

  #name(node: Node, segment: string): string {
    if (segment.length > MAX_SEGMENT_LENGTH) return ':value';
    if (node.has(segment)) return segment;
    return node.size < MAX_CHILDREN && this.#nodes < this.#maxNodes ? segment : ':value';
  }

  #child(node: Node, name: string): Node {
    const known = node.get(name);
    if (known !== undefined) return known;
    const child: Node = new Map();
    // Beyond the bound nothing is kept, and every further segment is a value.
    if (this.#nodes < this.#maxNodes) {
      node.set(ownCopy(name), child);
      this.#nodes++;
    }
    return child;
  }
}
