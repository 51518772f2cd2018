// A queue consumer: every message is one request of the endpoint that is named after its topic.
// Run: node docs/examples/jobs/queue.mjs
// Then: npx heaptide endpoint_profiles/
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const profiler = EndpointProfiler.getInstance({ enabled: true });

const handlers = {
  'mail.send': profileEndpoint('queue mail.send')(async ({ to }) => `sent to ${to}`),
  'image.resize': profileEndpoint('queue image.resize')(async ({ width }) => {
    if (width > 4000) throw new RangeError('The image is too large');
    return Buffer.alloc(width).length;
  }),
};

async function consume(messages) {
  for await (const { topic, body } of messages) {
    // The consumer's own error handling is as it would be without heaptide.
    await handlers[topic](body).catch((error) => console.error(`${topic}: ${error.message}`));
  }
}

async function* messages() {
  yield { topic: 'mail.send', body: { to: 'ada@example.org' } };
  yield { topic: 'image.resize', body: { width: 800 } };
  yield { topic: 'image.resize', body: { width: 8000 } };
}

await consume(messages());
await profiler.stop();
console.log(`${profiler.getStats().requestsFinished} messages profiled`);
