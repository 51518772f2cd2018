// Paced traffic: requests leave at a given rate whatever the service does, as those of independent users do.
import http from 'node:http';

const TICK_MS = 20;

/** Share of the mean rate at a moment of the run, `at` going from 0 to 1. */
const SHAPES = {
  steady: () => 1,
  bursts: (at) => ((at * 12) % 1 < 0.25 ? 3.4 : 0.2),
  diurnal: (at) => 1 + 0.8 * Math.sin(at * 4 * Math.PI),
  step: (at) => (at < 0.5 ? 0.5 : 1.5),
};

/**
 * Sends `requests` requests to `port` in about `seconds`. `pick` names the endpoint of each, given the share of the run
 * that is over. Resolves when all are answered.
 */
export async function drive({ port, requests, seconds, shape, pick }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const started = performance.now();
  const answers = [];
  let due = 0;
  while (answers.length < requests) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const at = (performance.now() - started) / (seconds * 1000);
    // After its time, what is missing is sent at the mean rate.
    due += (requests / seconds) * (TICK_MS / 1000) * (at < 1 ? SHAPES[shape](at) : 1);
    while (answers.length < Math.min(due, requests)) {
      answers.push(send(agent, port, pick(Math.min(at, 1))));
    }
  }
  await Promise.all(answers);
  agent.destroy();
}

function send(agent, port, endpoint) {
  return new Promise((resolve, reject) => {
    http
      .get({ agent, port, host: '127.0.0.1', path: `/${endpoint}` }, (response) => {
        response.resume().on('end', resolve).on('error', reject);
      })
      .on('error', reject);
  });
}
