import { Line, Location, Function as PprofFunction, Profile, StringTable } from 'pprof-format';
import type { StackFrame } from '../../core/profile.js';
import { frameKey } from '../../core/stack-frame.js';
import type { LiveMemory, LiveStack } from '../live-memory.js';

const NS_PER_MS = 1_000_000n;

/**
 * Live memory in pprof's format, not compressed: `inuse_objects` and `inuse_space`, and the label `endpoint` on every
 * stack that holds an endpoint's own function. Lines are where functions start.
 */
export function toPprof(memory: LiveMemory): Uint8Array {
  const stringTable = new StringTable();
  const valueType = (type: string, unit: string) => ({
    type: stringTable.dedup(type),
    unit: stringTable.dedup(unit),
  });
  const functions = new FunctionTable(stringTable);
  const sample = memory.stacks.map((stack) => toSample(stack, { functions, stringTable }));
  return new Profile({
    stringTable,
    sampleType: [valueType('inuse_objects', 'count'), valueType('inuse_space', 'bytes')],
    defaultSampleType: stringTable.dedup('inuse_space'),
    sample,
    location: functions.locations,
    function: functions.functions,
    timeNanos: BigInt(Math.round(memory.timestamp)) * NS_PER_MS,
    periodType: valueType('space', 'bytes'),
    period: memory.sampleIntervalBytes,
  }).encode();
}

function toSample(
  { frames, liveBytes, liveCount, endpoint }: LiveStack,
  {
    functions,
    stringTable,
  }: { readonly functions: FunctionTable; readonly stringTable: StringTable },
) {
  const label =
    endpoint === undefined
      ? []
      : [{ key: stringTable.dedup('endpoint'), str: stringTable.dedup(endpoint) }];
  return {
    locationId: frames.map((frame) => functions.locationOf(frame)),
    value: [liveCount, liveBytes],
    label,
  };
}

/** Functions and locations, one of each for every frame: V8's sampler knows no other position in a function. */
class FunctionTable {
  readonly functions: PprofFunction[] = [];
  readonly locations: Location[] = [];
  readonly #strings: StringTable;
  readonly #ids = new Map<string, number>();

  constructor(strings: StringTable) {
    this.#strings = strings;
  }

  locationOf(frame: StackFrame): number {
    const key = frameKey(frame);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(key, id);
    const name = this.#strings.dedup(frame.function);
    const filename = this.#strings.dedup(frame.file);
    this.functions.push(
      new PprofFunction({ id, name, systemName: name, filename, startLine: frame.line }),
    );
    const line = [new Line({ functionId: id, line: frame.line, column: frame.column })];
    this.locations.push(new Location({ id, line }));
    return id;
  }
}
