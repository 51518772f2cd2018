// What a probe costs, from the notes that two services took side by side: one that probes, and one that does not.

/** Longest time that a probe is at work before its floor is noted, and after it, while V8 sweeps: in ms. */
const BEFORE_MS = 2000;
const AFTER_MS = 1000;
const BIN_MS = 250;

/**
 * For each probe that no other one is near to: the time in which the probing service would have answered what it fell
 * behind by, and the CPU time of all its threads beyond what its answers usually take, in ms. The other service says how
 * fast the machine was at each moment.
 */
export function costOfProbes({ without, probed }) {
  const bins = binsOf(without, probed);
  const floors = floorTimes(probed);
  const isNear = (bin, floor) => bin.ms > floor - BEFORE_MS && bin.ms <= floor + AFTER_MS;
  const usual = usualOf(bins.filter((bin) => !floors.some((floor) => isNear(bin, floor))));
  const isApart = (floor, at) => floor - (floors[at - 1] ?? -Infinity) > BEFORE_MS + AFTER_MS;
  return floors
    .filter((floor, at) => isApart(floor, at) && isApart(floors[at + 1] ?? Infinity, at + 1))
    .map((floor) => bins.filter((bin) => isNear(bin, floor)))
    .filter((near) => near.length === (BEFORE_MS + AFTER_MS) / BIN_MS)
    .map((near) => costIn(near, usual));
}

/** Sums over the bins: where the machine slows both down for a moment, the two notes share it. */
function costIn(bins, usual) {
  const [own, other] = [total(bins, 'probed'), total(bins, 'without')];
  const expected = usual.requests * other.requests;
  const slowness = other.cpuMs / other.requests / usual.otherCpuMs;
  return {
    lostMs: (1 - own.requests / expected) * bins.length * BIN_MS,
    cpuMs: own.cpuMs - own.requests * usual.cpuMs * slowness,
  };
}

/** Between probes: requests per request of the other service, and CPU time per request of each. */
function usualOf(bins) {
  const [own, other] = [total(bins, 'probed'), total(bins, 'without')];
  return {
    requests: own.requests / other.requests,
    cpuMs: own.cpuMs / own.requests,
    otherCpuMs: other.cpuMs / other.requests,
  };
}

function total(bins, service) {
  const sum = (field) => bins.reduce((all, bin) => all + bin[service][field], 0);
  return { requests: sum('requests'), cpuMs: sum('cpuMs') };
}

/** What each service did in each stretch of time that both have noted, by the moment at which it ends. */
function binsOf(without, probed) {
  const start = Math.max(without[0].ms, probed[0].ms);
  const end = Math.min(without.at(-1).ms, probed.at(-1).ms);
  const count = Math.floor((end - start) / BIN_MS);
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [start + at * BIN_MS, start + (at + 1) * BIN_MS];
    return { ms: to, without: between(without, from, to), probed: between(probed, from, to) };
  });
}

function between(notes, from, to) {
  const [a, b] = [interpolated(notes, from), interpolated(notes, to)];
  return { requests: b.requests - a.requests, cpuMs: b.cpuMs - a.cpuMs };
}

function interpolated(notes, ms) {
  const at = Math.max(
    1,
    notes.findIndex((note) => note.ms >= ms),
  );
  const [a, b] = [notes[at - 1], notes[at]];
  const share = (ms - a.ms) / (b.ms - a.ms);
  const mix = (field) => a[field] + share * (b[field] - a[field]);
  return { requests: mix('requests'), cpuMs: mix('cpuMs') };
}

/** When each floor of a probe was noted first. */
function floorTimes(notes) {
  return notes
    .filter((note, at) => at > 0 && note.probes.floors > notes[at - 1].probes.floors)
    .map((note) => note.ms);
}
