import type { LiveMemory } from '../live-memory.js';
import { type StackTree, toStackTree } from '../stack-tree.js';

/** A node of V8's sampling heap profile, as the DevTools protocol defines it. */
interface HeapProfileNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    /** 0-based; -1 when there is none. */
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapProfileNode[];
}

/** Live memory as a `.heapprofile`, which the Memory panel of Chromium's DevTools and other viewers load. */
export function toHeapProfile({ stacks }: LiveMemory): string {
  const samples: { size: number; nodeId: number; ordinal: number }[] = [];
  const scripts = new Map<string, string>();
  let lastId = 0;
  const toNode = ({ frame, selfBytes, children }: StackTree): HeapProfileNode => {
    const id = ++lastId;
    if (selfBytes > 0) samples.push({ size: selfBytes, nodeId: id, ordinal: samples.length + 1 });
    const scriptId = scripts.get(frame.file) ?? String(scripts.size);
    scripts.set(frame.file, scriptId);
    return {
      callFrame: {
        functionName: frame.function,
        scriptId,
        url: frame.file,
        lineNumber: frame.line - 1,
        columnNumber: frame.column - 1,
      },
      selfSize: selfBytes,
      id,
      children: [...children.values()].map(toNode),
    };
  };
  return JSON.stringify({ head: toNode(toStackTree(stacks)), samples });
}
