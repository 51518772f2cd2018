// Programs that leak nothing, though all of them grow, jump or swing. Bounded growth ends after about `bound` requests.
import { setTimeout as pause } from 'node:timers/promises';

const lru = {
  name: 'lru',
  create({ random, bound }) {
    const cache = new Map();
    const width = random.between(60, 200);
    return {
      serve() {
        const key = random.between(1, 1_000_000);
        cache.set(key, new Array(width).fill(key));
        if (cache.size > bound) cache.delete(cache.keys().next().value);
      },
    };
  },
};

const ttlCache = {
  name: 'ttl-cache',
  create({ random }) {
    const cache = new Map();
    const width = random.between(40, 160);
    const lifetimeMs = random.between(2000, 6000);
    return {
      serve(request) {
        const now = Date.now();
        for (const [key, { expires }] of cache) {
          if (expires > now) break;
          cache.delete(key);
        }
        cache.set(request, { expires: now + lifetimeMs, value: new Array(width).fill(request) });
      },
    };
  },
};

const templates = {
  name: 'templates',
  create({ random, bound }) {
    const compiled = new Map();
    const count = Math.round(bound * 1.4);
    const compile = (id) =>
      new Function('data', `const id = ${id}; return '<p>' + id + data.name + ${id * 3} + '</p>';`);
    return {
      serve(request) {
        let page = '';
        for (let part = 0; part < 3; part++) {
          const id = random.between(1, count);
          if (!compiled.has(id)) compiled.set(id, compile(id));
          page += compiled.get(id)({ name: request });
        }
        return page;
      },
    };
  },
};

const bursts = {
  name: 'bursts',
  traffic: 'bursts',
  create({ random }) {
    const width = random.between(2000, 5000);
    return {
      async serve(request) {
        const held = new Array(width).fill(request);
        await pause(random.between(10, 60));
        return held.length;
      },
    };
  },
};

const diurnal = { ...bursts, name: 'diurnal', traffic: 'diurnal' };

const loadStep = { ...bursts, name: 'load-step', traffic: 'step' };

const pool = {
  name: 'pool',
  create({ random, bound }) {
    const idle = [];
    const most = random.between(30, 80);
    const width = random.between(1500, 4000);
    let size = 0;
    return {
      async serve(request) {
        // Grows by one now and then, as a pool of connections does under contention, and ends at its bound.
        const mayGrow = size < most && request % Math.max(1, Math.floor(bound / most)) === 0;
        if (mayGrow) size++;
        const connection = mayGrow ? { buffer: new Array(width).fill(size) } : idle.pop();
        await pause(2);
        if (connection !== undefined) idle.push(connection);
      },
    };
  },
};

const bigGarbage = {
  name: 'big-garbage',
  create({ random }) {
    const rows = random.between(3000, 9000);
    return {
      serve(request) {
        const table = [];
        for (let row = 0; row < rows; row++) table.push({ row, request, label: `row ${row}` });
        return table.length;
      },
    };
  },
};

const bufferChurn = {
  name: 'buffer-churn',
  create({ random }) {
    const bytes = random.between(30_000, 120_000);
    return {
      async serve() {
        const body = Buffer.alloc(bytes, 1);
        await pause(random.between(1, 20));
        return body.length;
      },
    };
  },
};

const bufferPool = {
  name: 'buffer-pool',
  create({ random, bound }) {
    const spare = [];
    const bytes = random.between(8000, 30_000);
    const most = random.between(40, 120);
    let made = 0;
    return {
      serve(request) {
        if (made < most && request % Math.max(1, Math.floor(bound / most)) === 0) {
          made++;
          spare.push(Buffer.alloc(bytes));
        }
        spare[request % Math.max(1, spare.length)]?.fill(request & 255);
      },
    };
  },
};

const sessions = {
  name: 'sessions',
  create({ random }) {
    const open = new Map();
    const width = random.between(60, 200);
    const lifetimeMs = random.between(3000, 8000);
    const sweep = () => {
      const oldest = Date.now() - lifetimeMs;
      for (const [id, { at }] of open) if (at < oldest) open.delete(id);
    };
    setInterval(sweep, 1000).unref();
    return {
      serve(request) {
        open.set(request, { at: Date.now(), data: new Array(width).fill(request) });
      },
    };
  },
};

const logRing = {
  name: 'log-ring',
  create({ random, bound }) {
    const entries = new Array(bound);
    const width = random.between(20, 60);
    return {
      serve(request) {
        entries[request % bound] = { request, fields: new Array(width).fill(request) };
      },
    };
  },
};

const batches = {
  name: 'batches',
  create({ random }) {
    let batch = [];
    const most = random.between(100, 400);
    const width = random.between(60, 200);
    return {
      serve(request) {
        batch.push({ request, data: new Array(width).fill(request) });
        if (batch.length >= most) batch = [];
      },
    };
  },
};

const weakCache = {
  name: 'weak-cache',
  create({ random, bound }) {
    const cache = new Map();
    const registry = new FinalizationRegistry((key) => cache.delete(key));
    const width = random.between(100, 400);
    return {
      serve() {
        const key = random.between(1, bound);
        if (cache.get(key)?.deref() !== undefined) return;
        const value = { data: new Array(width).fill(key) };
        registry.register(value, key);
        cache.set(key, new WeakRef(value));
      },
    };
  },
};

const products = {
  name: 'products',
  create({ random, bound }) {
    const known = new Map();
    const count = Math.round(bound / 2);
    const width = random.between(80, 300);
    return {
      serve() {
        const id = random.between(1, count);
        if (!known.has(id)) known.set(id, { id, data: new Array(width).fill(id) });
        return known.get(id).data.length;
      },
    };
  },
};

export const HEALTHY = [
  lru,
  ttlCache,
  templates,
  bursts,
  diurnal,
  loadStep,
  pool,
  bigGarbage,
  bufferChurn,
  bufferPool,
  sessions,
  logRing,
  batches,
  weakCache,
  products,
];
