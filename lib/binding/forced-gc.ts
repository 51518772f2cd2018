import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Makes V8's own `gc` function, which is there only under `--expose-gc`: the flag is set now, and contexts made from
 * then on have it. A call runs one full GC and returns when it has ended. `undefined` where V8 does not give it out.
 */
export function exposeForcedGc(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect !== 'function') return undefined;
  return () => {
    collect();
  };
}
