// What a decision costs: a look at the floors, inside the service, and the division of growth among 61 endpoints,
// afterwards.
import { attributeRun } from '../../dist/analysis/blame/attribute-run.js';
import { analyzeTrends } from '../../dist/analysis/trend/analyze-trends.js';
import { seededRandom } from './detect/live/random.mjs';
import { figure, report, spread } from './measure.mjs';

const FLOORS = [30, 130, 256];
const ENDPOINTS = 61;
const ROUNDS = 60;

export async function run() {
  const looks = FLOORS.map((count) => {
    const { floors } = service(count, 1);
    const time = timed(() => analyzeTrends(floors));
    return {
      what: `a look at ${count} floors, three channels`,
      figure: figure(time, 'ms', 1),
      bar: '<= 5 ms',
      ok: time.min <= 5,
    };
  });
  const { floors, windows } = service(256, ENDPOINTS);
  const trends = analyzeTrends(floors);
  const stacks = { sites: [], endpoints: new Map() };
  const time = timed(() => attributeRun({ windows, trends, stacks }));
  return report('Decisions', [
    ...looks,
    { what: `growth divided among ${ENDPOINTS} endpoints`, figure: figure(time, 'ms') },
  ]);
}

/** Floors of a service whose first endpoint leaks 1 KB per request, and the windows between them. */
function service(count, endpoints) {
  const random = seededRandom(1);
  const names = Array.from({ length: endpoints }, (_, index) => `endpoint ${index}`);
  let from = {
    request: 0,
    timestamp: 0,
    inFlight: 3,
    code: 2e6,
    heap: 2e7,
    external: 3e6,
    native: 5e7,
  };
  let kept = 2e7;
  const windows = [];
  for (let floor = 1; floor < count; floor++) {
    const finished = new Map(names.map((name) => [name, random.between(0, 30)]));
    const requests = [...finished.values()].reduce((sum, value) => sum + value, 0);
    kept += 1024 * finished.get(names[0]);
    const to = {
      ...from,
      request: from.request + requests,
      timestamp: from.timestamp + 2000,
      inFlight: random.between(0, 6),
      heap: kept + random.between(0, 40_000),
      external: 3e6 + random.between(0, 10_000),
      native: 5e7 + random.between(0, 1_000_000),
    };
    windows.push({ from, to, finished });
    from = to;
  }
  return { windows, floors: [windows[0].from, ...windows.map(({ to }) => to)] };
}

function timed(work) {
  const elapsed = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    work();
    elapsed.push(performance.now() - started);
  }
  return spread(elapsed);
}
