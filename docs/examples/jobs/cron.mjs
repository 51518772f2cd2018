// A job that runs now and then: every run is one request of its endpoint.
// Run: node docs/examples/jobs/cron.mjs
import { setInterval } from 'node:timers/promises';
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const profiler = EndpointProfiler.getInstance({ enabled: true });
const sessions = new Map([['expired', 0]]);

const dropExpiredSessions = profileEndpoint('cron dropExpiredSessions')(() => {
  for (const [id, until] of sessions) if (until < Date.now()) sessions.delete(id);
  return sessions.size;
});

let runs = 0;
for await (const _ of setInterval(20)) {
  dropExpiredSessions();
  if (++runs === 3) break;
}

await profiler.stop();
console.log(`${profiler.getStats().requestsFinished} runs profiled`);
