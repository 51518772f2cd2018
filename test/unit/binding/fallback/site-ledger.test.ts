import { describe, expect, test } from 'vitest';
import { SITE, SITE_COLUMNS, type SiteColumn } from '../../../../lib/binding/contract.js';
import { SiteLedger } from '../../../../lib/binding/fallback/site-ledger.js';

const live = (bytes: number) => ({ bytes, samples: 1, variance: bytes ** 2 });

function column(rows: Float64Array, name: SiteColumn): number[] {
  const count = rows.length / SITE_COLUMNS.length;
  return Array.from(
    { length: count },
    (_, row) => rows[row * SITE_COLUMNS.length + SITE[name]] ?? Number.NaN,
  );
}

describe('rows', () => {
  test('are the largest and the most grown stacks, each once, by live bytes', () => {
    const ledger = new SiteLedger();
    ledger.add(10, live(500));
    ledger.add(11, live(90));
    ledger.add(12, live(10));
    ledger.markBaseline();
    ledger.beginReading();
    ledger.add(10, live(500));
    ledger.add(11, live(95));
    ledger.add(12, live(60));

    const rows = ledger.topRows(1);

    expect(column(rows, 'stack')).toEqual([10, 12]);
    expect(column(rows, 'growthBytes')).toEqual([0, 50]);
    expect(column(rows, 'growthSamples')).toEqual([0, 0]);
  });

  test('add up what several nodes say of one stack', () => {
    const ledger = new SiteLedger();
    ledger.add(10, live(100));
    ledger.add(10, live(200));

    const rows = ledger.topRows(5);

    expect(column(rows, 'liveBytes')).toEqual([300]);
    expect(column(rows, 'samples')).toEqual([2]);
    expect(column(rows, 'variance')).toEqual([50_000]);
  });

  test('are none before a reading', () => {
    expect(new SiteLedger().topRows(10)).toHaveLength(0);
  });
});

test('what heaptide allocates has no row but is in the total', () => {
  const ledger = new SiteLedger();
  ledger.add(10, live(100));
  ledger.addSelf(live(40));

  expect(ledger.selfBytes).toBe(40);
  expect(ledger.totalBytes).toBe(140);
  expect(column(ledger.topRows(10), 'stack')).toEqual([10]);
});

test('a new sampling session starts without reading and baseline', () => {
  const ledger = new SiteLedger();
  ledger.add(10, live(100));
  ledger.markBaseline();
  ledger.reset();
  ledger.add(10, live(30));

  expect(column(ledger.topRows(1), 'growthBytes')).toEqual([30]);
  expect(ledger.totalBytes).toBe(30);
});
