import { type EndpointHandler, endpointFrames } from '../../analysis/sites/endpoint-frames.js';
import { originOf } from '../../analysis/sites/origin.js';
import { frameKey } from '../../core/stack-frame.js';
import type { LiveMemory } from '../live-memory.js';
import { type StackTree, toStackTree } from '../stack-tree.js';
import { placeOf, printable } from '../wording.js';
import type { IcicleNode } from './page-data.js';

/** Frames below this share of the whole are no wider than a hair, and are left out. */
const MIN_SHARE = 0.0005;

/** Live memory as a tree from callers to callees, and how many frames are too small for it. */
export function toIcicle(
  memory: LiveMemory,
  handlers: readonly EndpointHandler[],
): { readonly root: IcicleNode; readonly omitted: number } {
  const endpoints = endpointFrames(handlers);
  const tree = toStackTree(memory.stacks);
  const sizes = new Map<StackTree, number>();
  const least = measure(tree, sizes) * MIN_SHARE;
  let omitted = 0;
  const toNode = (node: StackTree): IcicleNode => {
    const children = [...node.children.values()];
    const wide = children.filter((child) => (sizes.get(child) ?? 0) >= least);
    omitted += children.length - wide.length;
    const endpoint = endpoints.get(frameKey(node.frame));
    const name = printable(node.frame.function);
    return {
      name: endpoint === undefined ? name : `${name} (${printable(endpoint)})`,
      place: placeOf(node.frame),
      kind: originOf(node.frame).kind,
      value: sizes.get(node) ?? 0,
      children: wide.map(toNode),
    };
  };
  const root = { ...toNode(tree), name: 'All live memory', place: '' };
  return { root, omitted };
}

/** Bytes of a node and all below it, remembered for each. */
function measure(node: StackTree, sizes: Map<StackTree, number>): number {
  let bytes = node.selfBytes;
  for (const child of node.children.values()) bytes += measure(child, sizes);
  sizes.set(node, bytes);
  return bytes;
}
