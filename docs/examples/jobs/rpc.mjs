// An RPC server over TCP, one JSON object a line: every call is one request of the method's endpoint.
// Run: node docs/examples/jobs/rpc.mjs
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const profiler = EndpointProfiler.getInstance({ enabled: true });

class Calculator {
  add({ a, b }) {
    return a + b;
  }

  async divide({ a, b }) {
    if (b === 0) throw Object.assign(new Error('Division by zero'), { status: 422 });
    return a / b;
  }
}

// Methods of a class without a compiler: the wrapper keeps `this`.
for (const method of ['add', 'divide']) {
  const endpoint = profileEndpoint(`rpc ${method}`);
  Calculator.prototype[method] = endpoint(Calculator.prototype[method]);
}

const calculator = new Calculator();
const server = createServer((socket) => {
  createInterface({ input: socket }).on('line', async (line) => {
    const { method, params } = JSON.parse(line);
    try {
      socket.write(`${JSON.stringify({ result: await calculator[method](params) })}\n`);
    } catch (error) {
      socket.write(`${JSON.stringify({ error: error.message })}\n`);
    }
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const client = connect(server.address().port, '127.0.0.1');
const answers = createInterface({ input: client });
for (const call of [
  { method: 'add', params: { a: 1, b: 2 } },
  { method: 'divide', params: { a: 1, b: 4 } },
  { method: 'divide', params: { a: 1, b: 0 } },
]) {
  client.write(`${JSON.stringify(call)}\n`);
  const [answer] = await once(answers, 'line');
  console.log(answer);
}
client.end();
server.close();

await profiler.stop();
console.log(`${profiler.getStats().requestsFinished} calls profiled`);
