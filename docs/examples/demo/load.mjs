// Drives the demo's service: five kinds of requests at once, in a mix that changes every phase, as traffic does.
import autocannon from 'autocannon';

const ENDPOINTS = [
  { method: 'GET', path: () => `/orders/${random(10_000)}` },
  { method: 'POST', path: () => '/uploads' },
  { method: 'GET', path: () => `/products/${random(2000)}` },
  { method: 'GET', path: () => '/report' },
  { method: 'GET', path: () => '/payments' },
];

// Requests per second by endpoint, one row per phase. Memory is process-wide: the change of the mix is what lets the
// analysis tell the endpoints apart.
const PHASES = [
  [300, 100, 300, 40, 200],
  [100, 300, 300, 20, 100],
  [400, 100, 100, 60, 300],
  [200, 200, 500, 10, 100],
  [100, 400, 200, 40, 300],
  [500, 150, 300, 30, 100],
];

/** Runs the phases over and over for `seconds`. `onProgress` gets the share done, 0 to 1. */
export async function drive({ port, seconds, phaseSeconds, onProgress }) {
  const phases = Math.round(seconds / phaseSeconds);
  let requests = 0;
  for (let phase = 0; phase < phases; phase++) {
    const rates = PHASES[phase % PHASES.length];
    const results = await Promise.all(
      ENDPOINTS.map((endpoint, index) =>
        burst({ port, endpoint, rate: rates[index], phaseSeconds }),
      ),
    );
    requests += results.reduce((sum, result) => sum + result.requests.total, 0);
    onProgress((phase + 1) / phases);
  }
  return requests;
}

function burst({ port, endpoint, rate, phaseSeconds }) {
  return autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: 4,
    overallRate: rate,
    duration: phaseSeconds,
    requests: [
      {
        method: endpoint.method,
        setupRequest: (request) => ({ ...request, path: endpoint.path() }),
      },
    ],
  });
}

function random(below) {
  return Math.floor(Math.random() * below);
}
