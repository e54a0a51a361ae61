import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisons } from '../../cost/compare.ts';
import { prices, step, stepOfSize } from '../../cost/data.ts';
import { bill } from '../../cost/model.ts';
import { byService } from '../../cost/report.ts';
import { type BillLine, sumOf } from '../../cost/tally.ts';
import { usual, type Workload } from '../../cost/workload.ts';

const million = 1e6;
const of = (lines: readonly BillLine[], price: BillLine['price']) =>
  lines.find((line) => line.price === price)?.quantity ?? 0;

describe('the bill', () => {
  test('of a million inbound events has a request, a send and two writes for each', () => {
    const { inbound } = bill({ ...usual, inbound: million, batch: 10 });

    expect(of(inbound, 'apiRequest')).toBe(million);
    expect(of(inbound, 'writeUnit')).toBe(2 * million);
    // A send for each; for ten, a receive and a delete.
    expect(of(inbound, 'sqsRequest')).toBe(1.2 * million);
    expect(of(inbound, 'lambdaRequest')).toBe(1.1 * million);
    expect(byService(inbound).get('API Gateway')).toBe(1);
  });

  test('of events without a handler is never dearer than with an object in S3 for each', () => {
    for (const payload of [500, 1000, 2000, 3000]) {
      const { inbound } = bill({ ...usual, inbound: million, withoutHandler: 1, payload });
      const inBucket = bill({ ...usual, inbound: million, withoutHandler: 1, payload: 4000 }).inbound;
      expect(sumOf(inbound), `${payload} B`).toBeLessThanOrEqual(sumOf(inBucket));
      expect(of(inbound, 's3Put')).toBe(0);
    }
  });

  test('of a failed attempt is the attempt, its retry and their writes', () => {
    const failing = bill({ ...usual, outbound: million, failureRate: 0.5 }).outbound;
    const well = bill({ ...usual, outbound: million }).outbound;

    // Half of the attempts fail: one for each delivery.
    const { write, indexWrite } = step('failed');
    expect(of(failing, 'writeUnit') - of(well, 'writeUnit')).toBeCloseTo(million * (write + indexWrite), 0);
  });

  test('of nothing is what stands: secrets, alarms, polling, the sweep', () => {
    const { inbound, outbound, idle } = bill(usual);

    expect(sumOf(inbound) + sumOf(outbound)).toBe(0);
    expect(of(idle, 'secretMonth')).toBe(5);
    expect(byService(idle).get('Scheduler')).toBeCloseTo(0.0432, 4);
    expect(of(idle, 'snsPublish') + of(idle, 'apiRequest')).toBe(0);
  });

  test('grows with everything that makes work, and is never negative', () => {
    const shares = fc.double({ min: 0, max: 0.8, noNaN: true });
    const work: fc.Arbitrary<Workload> = fc.record({
      inbound: fc.integer({ min: 1, max: 1e9 }),
      withoutHandler: shares,
      duplicates: shares,
      refused: shares,
      outbound: fc.integer({ min: 1, max: 1e9 }),
      fanOut: fc.integer({ min: 1, max: 1000 }),
      failureRate: shares,
      payload: fc.integer({ min: 1, max: 1024 ** 2 }),
      batch: fc.integer({ min: 1, max: 10 }),
      endpointTime: fc.integer({ min: 0, max: 30_000 }),
      sources: fc.integer({ min: 1, max: 60 }),
      through: fc.constantFrom('sns', 'sqs'),
      systemLogLevel: fc.constantFrom('INFO', 'WARN'),
    });
    const total = (one: Workload) => sumOf(Object.values(bill(one)).flat());
    fc.assert(
      fc.property(work, (one) => {
        const all = Object.values(bill(one)).flat();
        expect(all.every(({ usd }) => usd >= 0 && Number.isFinite(usd))).toBe(true);
        expect(total({ ...one, inbound: one.inbound * 2 })).toBeGreaterThan(total(one));
        expect(total({ ...one, outbound: one.outbound * 2 })).toBeGreaterThan(total(one));
        expect(total({ ...one, fanOut: one.fanOut + 1 })).toBeGreaterThan(total(one));
        expect(total({ ...one, systemLogLevel: 'WARN' })).toBeLessThanOrEqual(total(one));
      }),
      { numRuns: 50 },
    );
  });

  test('takes the next larger size that was counted, and the largest for what is larger', () => {
    expect(stepOfSize('published', 1)).toBe(step('published, 500 B'));
    expect(stepOfSize('published', 1001)).toBe(step('published, 2000 B'));
    expect(stepOfSize('published', 1e6)).toBe(step('published, 9000 B'));
  });
});

describe('the hosted services', () => {
  test('are compared by list price, for each delivery', () => {
    const found = comparisons({ ...usual, outbound: million, fanOut: 2 });

    // 490 + (2,000,000 - 50,000) × 0.0001
    expect(found.find(({ name }) => name.startsWith('Svix'))).toMatchObject({ usd: 685, isLeast: false });
    expect(found.find(({ name }) => name.startsWith('EventBridge'))).toMatchObject({ usd: 2.4 });
    expect(found.find(({ name }) => name.includes('Growth'))).toMatchObject({ usd: 499, isLeast: true });
  });

  test('and every price say where and when they were read', () => {
    const dated = [...Object.values(prices), ...comparisons(usual)];
    for (const { source, read } of dated) {
      expect(source).toMatch(/^https:\/\//);
      expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });
});
