// A minute of the demo on Node.js 24: 69 MB of orders are live when the sampler begins anew, three floors before the end.
import type { SitesAtFloor } from '../../../../lib/analysis/run/run-history.js';
import type { StackEntry } from '../../../../lib/core/timeline.js';
import { frame } from './sampled-stacks.js';

const ROUTER = '/srv/node_modules/router/index.js';

/** The stacks of one leak, which V8 inlines differently from time to time. Innermost first. */
const STACKS = [
  ['rememberOrder', 'showOrder', 'next', 'dispatch', 'handle', 'param', 'param', 'app', 'emit'],
  ['rememberOrder', 'showOrder', 'handle', 'param', 'param', 'app', 'emit'],
  ['rememberOrder', 'showOrder', 'handle', 'param', 'app', 'emit'],
  ['rememberOrder', 'showOrder', 'handle', 'param', 'app'],
  ['showOrder', 'handle', 'param', 'app'],
];

/** Requests, session, and for each of the stacks its KB and its samples. */
const FLOORS = [
  [0, 1],
  [729, 1, 1079, 133],
  [2367, 1, 3604, 444],
  [3970, 1, 4157, 512],
  [5898, 3, 1930, 60],
  [7939, 3, 4120, 128],
  [9610, 3, 4987, 155],
  [10769, 3, 5469, 170],
  [12018, 3, 5469, 170, 2762, 86],
  [14324, 3, 5469, 170, 2922, 91, 3761, 117],
  [16105, 3, 5469, 170, 2922, 91, 5883, 183],
  [17905, 3, 5469, 170, 2922, 91, 8036, 250],
  [19473, 3, 5469, 170, 2922, 91, 9160, 285, 2796, 87],
  [21505, 3, 5469, 170, 2922, 91, 9160, 285, 5048, 157],
  [23577, 3, 5469, 170, 2922, 91, 9160, 285, 6657, 207],
  [26496, 3, 5469, 170, 2922, 91, 9160, 285, 9002, 280],
  [30347, 3, 5469, 170, 2922, 91, 9160, 285, 18675, 581],
  [32639, 3, 5469, 170, 2922, 91, 9160, 285, 21120, 657],
  [40114, 3, 5469, 170, 2922, 91, 9160, 285, 30338, 944],
  [47347, 3, 5469, 170, 2922, 91, 9160, 285, 33260, 1035, 5753, 179],
  [55866, 3, 5469, 170, 2922, 91, 9160, 285, 33260, 1035, 15742, 490],
  [61800, 5, 0, 0, 0, 0, 0, 0, 0, 0, 6150, 48],
  [66031, 5, 0, 0, 0, 0, 0, 0, 0, 0, 8073, 63],
  [68678, 5, 0, 0, 0, 0, 0, 0, 0, 0, 12557, 98],
];

export const stacks: readonly StackEntry[] = STACKS.map((names, stack) => ({
  run: 'r',
  stack,
  frames: names.map((name) => (/Order$/.test(name) ? frame(name) : frame(name, ROUTER))),
}));

export const readings: readonly SitesAtFloor[] = FLOORS.map(
  ([request = 0, session = 0, ...cells]) => ({
    request,
    session,
    sites: STACKS.flatMap((_, stack) => {
      const [kb = 0, samples = 0] = cells.slice(2 * stack);
      return samples === 0 ? [] : { stack, samples, liveBytes: kb * 1024, liveCount: samples };
    }),
  }),
);
