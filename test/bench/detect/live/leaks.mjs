// Programs that leak. `create` returns what serves a request and what lets go of all that leaked, by which the true
// rate is measured. `culprit` is the function whose objects stay, `channel` the memory that they take.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';

const closure = {
  name: 'closure',
  culprit: 'deferRefund',
  create({ random }) {
    const refunds = [];
    const lines = random.between(8, 40);
    return { serve: deferRefund, release: () => empty(refunds) };

    function deferRefund(request) {
      const order = { request, prices: [] };
      for (let line = 0; line < lines; line++) order.prices.push({ line, price: line * 7 });
      refunds.push(() => order.prices.length);
    }
  },
};

const map = {
  name: 'map',
  culprit: 'openSession',
  create({ random }) {
    const sessions = new Map();
    const rights = random.between(10, 60);
    return { serve: openSession, release: () => sessions.clear() };

    function openSession(request) {
      const granted = [];
      for (let right = 0; right < rights; right++) granted.push(right * 1.5);
      sessions.set(`session-${request}`, { request, granted, openedAt: Date.now() + 0.5 });
    }
  },
};

const array = {
  name: 'array',
  culprit: 'appendAudit',
  create({ random }) {
    const audit = [];
    const changes = random.between(4, 12);
    return { serve: appendAudit, release: () => empty(audit) };

    function appendAudit(request) {
      const entry = { request, changes: [] };
      for (let change = 0; change < changes; change++) {
        entry.changes.push({ field: change, before: request, after: request + 1 });
      }
      audit.push(entry);
    }
  },
};

const strings = {
  name: 'strings',
  culprit: 'rememberToken',
  create({ random }) {
    const tokens = new Set();
    const length = random.between(300, 900);
    return { serve: rememberToken, release: () => tokens.clear() };

    function rememberToken(request) {
      tokens.add(Buffer.alloc(length, `token ${request} `).toString('latin1'));
    }
  },
};

const listeners = {
  name: 'listeners',
  culprit: 'followPrices',
  create({ random }) {
    const prices = new EventEmitter().setMaxListeners(0);
    const width = random.between(20, 80);
    return { serve: followPrices, release: () => prices.removeAllListeners() };

    function followPrices(request) {
      const seen = new Array(width).fill(request);
      prices.on('change', (price) => seen.push(price));
    }
  },
};

const timers = {
  name: 'timers',
  culprit: 'scheduleReminder',
  create({ random }) {
    const reminders = [];
    const width = random.between(30, 90);
    return {
      serve: scheduleReminder,
      release() {
        for (const reminder of reminders.splice(0)) clearTimeout(reminder);
      },
    };

    function scheduleReminder(request) {
      const message = new Array(width).fill(request);
      reminders.push(setTimeout(() => message.length, 86_400_000).unref());
    }
  },
};

const promises = {
  name: 'promises',
  culprit: 'awaitApproval',
  create({ random }) {
    const approvals = [];
    const width = random.between(20, 70);
    return { serve: awaitApproval, release: () => empty(approvals) };

    function awaitApproval(request) {
      const form = new Array(width).fill(request);
      const approval = new Promise(() => {});
      approval.then(() => form.length);
      approvals.push(approval);
    }
  },
};

const contexts = {
  name: 'contexts',
  culprit: 'enterContext',
  create({ random }) {
    const storage = new AsyncLocalStorage();
    const waiting = [];
    const width = random.between(60, 120);
    return { serve: enterContext, release: () => empty(waiting) };

    function enterContext(request) {
      const roles = [];
      for (let role = 0; role < width; role++) roles.push({ role, request });
      const resume = storage.run({ roles }, bindToContext);
      waiting.push(resume);
    }

    function bindToContext() {
      return AsyncResource.bind(() => storage.getStore());
    }
  },
};

const errors = {
  name: 'errors',
  culprit: 'recordFailure',
  create({ random }) {
    const failures = [];
    const width = random.between(16, 64);
    return { serve: recordFailure, release: () => empty(failures) };

    function recordFailure(request) {
      const failure = new Error(`Request ${request} failed`);
      failure.details = new Array(width).fill(request);
      failures.push(failure);
    }
  },
};

const pages = {
  name: 'pages',
  culprit: 'memoizePage',
  create({ random }) {
    let memo = {};
    const rows = random.between(10, 30);
    return {
      serve: memoizePage,
      release() {
        memo = {};
      },
    };

    function memoizePage(request) {
      const page = [];
      for (let row = 0; row < rows; row++) page.push({ row, request, price: row * 0.5 });
      memo[`/pages/${request}`] = page;
    }
  },
};

const rare = {
  name: 'rare',
  culprit: 'keepReport',
  create({ random }) {
    const reports = [];
    const rows = random.between(500, 1200);
    return { serve: keepReport, release: () => empty(reports) };

    function keepReport(request) {
      if (request % 50 !== 0) return;
      const report = [];
      for (let row = 0; row < rows; row++) report.push({ row, request });
      reports.push(report);
    }
  },
};

const history = {
  name: 'history',
  culprit: 'pushHistory',
  create({ random }) {
    let last = null;
    const width = random.between(24, 60);
    return {
      serve: pushHistory,
      release() {
        last = null;
      },
    };

    function pushHistory(request) {
      last = { previous: last, request, state: new Array(width).fill(request) };
    }
  },
};

const buffers = {
  name: 'buffers',
  culprit: 'archiveUpload',
  channel: 'external',
  create({ random }) {
    const archive = [];
    const bytes = random.between(4096, 12_000);
    return { serve: archiveUpload, release: () => empty(archive) };

    function archiveUpload() {
      archive.push(Buffer.alloc(bytes, 1));
    }
  },
};

const slices = {
  name: 'slices',
  culprit: 'keepHeader',
  channel: 'external',
  create({ random }) {
    const headers = [];
    const bytes = random.between(2000, 6000);
    return { serve: keepHeader, release: () => empty(headers) };

    function keepHeader() {
      headers.push(Buffer.allocUnsafeSlow(bytes).subarray(0, 16));
    }
  },
};

const externalStrings = {
  name: 'external-strings',
  culprit: 'keepExport',
  channel: 'external',
  create({ random }) {
    const exported = [];
    // From about 1 MB on, Node.js keeps a string's characters outside the heap.
    const bytes = random.between(1_050_000, 1_300_000);
    const every = random.between(60, 120);
    return { serve: keepExport, release: () => empty(exported) };

    function keepExport(request) {
      if (request % every === 0) exported.push(Buffer.alloc(bytes, 'x').toString('latin1'));
    }
  },
};

export const LEAKS = [
  closure,
  map,
  array,
  strings,
  listeners,
  timers,
  promises,
  contexts,
  errors,
  pages,
  rare,
  history,
  buffers,
  slices,
  externalStrings,
];

/** Empties an array without making another one. */
function empty(values) {
  values.length = 0;
}
