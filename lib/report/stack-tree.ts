import type { StackFrame } from '../core/profile.js';
import { frameKey } from '../core/stack-frame.js';
import type { LiveStack } from './live-memory.js';

/** Stacks merged from the outermost caller inward. */
export interface StackTree {
  readonly frame: StackFrame;
  /** Live bytes of this function itself, reached by this path. */
  selfBytes: number;
  readonly children: Map<string, StackTree>;
}

/** A stack whose frames are lost, and one without JavaScript. */
const NO_FRAMES: StackFrame = { function: '(no JavaScript)', file: '', line: 0, column: 0 };

/** Merges stacks into one tree, whose root stands for all of them. */
export function toStackTree(stacks: readonly LiveStack[]): StackTree {
  const root = newNode({ function: '(root)', file: '', line: 0, column: 0 });
  for (const { frames, liveBytes } of stacks) {
    const path = frames.length > 0 ? frames.toReversed() : [NO_FRAMES];
    const leaf = path.reduce(child, root);
    leaf.selfBytes += liveBytes;
  }
  return root;
}

function newNode(frame: StackFrame): StackTree {
  return { frame, selfBytes: 0, children: new Map() };
}

function child({ children }: StackTree, frame: StackFrame): StackTree {
  const key = frameKey(frame);
  const node = children.get(key) ?? newNode(frame);
  children.set(key, node);
  return node;
}
