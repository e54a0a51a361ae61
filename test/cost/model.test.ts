import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisons } from '../../cost/compare.ts';
import { milliseconds, type Price, prices, step, stepOfSize } from '../../cost/data.ts';
import { bill } from '../../cost/model.ts';
import { attemptsOf, attemptsOfSchedule } from '../../cost/outbound.ts';
import { byService, unconfirmed } from '../../cost/report.ts';
import { type BillLine, keptDays, sumOf } from '../../cost/tally.ts';
import { mostBytes, mostSources, usual, type Workload } from '../../cost/workload.ts';
import { outboundDefaults, payloads, retryPresets, sourceDefaults } from '../../lib/settings.ts';

const million = 1e6;
const of = (lines: readonly BillLine[], price: BillLine['price']) =>
  lines.find((line) => line.price === price)?.quantity ?? 0;

describe('the bill', () => {
  test('the bill of a million inbound events has a request, a send and two writes for each', () => {
    const { inbound } = bill({ ...usual, inbound: million, batch: 10 });

    expect(of(inbound, 'apiRequest')).toBe(million);
    expect(of(inbound, 'writeUnit')).toBe(2 * million);
    // A send for each; for ten, a receive and a delete.
    expect(of(inbound, 'sqsRequest')).toBe(1.2 * million);
    expect(of(inbound, 'lambdaRequest')).toBe(1.1 * million);
    expect(byService(inbound).get('API Gateway')).toBe(1);
  });

  test('the bill of events without a handler is never dearer than with an object in S3 for each', () => {
    for (const payload of [500, 1000, 2000, 3000]) {
      const { inbound } = bill({ ...usual, inbound: million, withoutHandler: 1, payload });
      const inBucket = bill({ ...usual, inbound: million, withoutHandler: 1, payload: 4000 }).inbound;
      expect(sumOf(inbound), `${payload} B`).toBeLessThanOrEqual(sumOf(inBucket));
      expect(of(inbound, 's3Put')).toBe(0);
    }
  });

  test('the bill of a failed attempt is the attempt, its retry and their writes', () => {
    const work = { ...usual, outbound: million, neverDelivered: 0 };
    const failing = bill({ ...work, failureRate: 0.5 }).outbound;
    const well = bill(work).outbound;

    // Half of the attempts fail, one for each delivery; half of these are not the delivery's first attempt.
    const writesOf = (name: string) => step(name).write + step(name).indexWrite;
    const more =
      writesOf('failed') / 2 +
      writesOf('failed, a later time') / 2 +
      (writesOf('tried again') - writesOf('delivered, 1000 B')) / 2;
    expect(of(failing, 'writeUnit') - of(well, 'writeUnit')).toBeCloseTo(million * more, 0);
  });

  test('the bill of a delivery that never arrives has all attempts, a dead letter and its notice', () => {
    const lost = bill({ ...usual, outbound: million, neverDelivered: 1, through: 'sqs' }).outbound;

    expect(attemptsOf({ ...usual, outbound: million, neverDelivered: 1 })).toEqual({
      delivered: 0,
      'tried again': 0,
      failed: million,
      'failed, a later time': 4 * million,
      'given up': million,
    });
    // The dead letter; the failure also counts as one that the sweep has to report.
    expect(step('given up').calls).toMatchObject({ 'sqs.SendMessage': 1 });
    expect(step('given up').write).toBeGreaterThan(step('failed').write);
    expect(of(lost, 'snsPublish')).toBe(million);
    expect(of(lost, 'lambdaRequest')).toBeCloseTo(million * (1 / 5 + 6 / 5), 3);
  });

  test('the bill of events that are published together has a request for each 64 KB of a call', () => {
    const publishes = (more: Partial<Workload>) =>
      of(bill({ ...usual, outbound: million, neverDelivered: 0, ...more }).outbound, 'snsPublish');

    expect(publishes({})).toBe(million);
    expect(publishes({ publishBatch: 10 })).toBeCloseTo(million / 10, 3);
    // Ten of them have 206 KB: four requests.
    expect(publishes({ publishBatch: 10, payload: 20_000 })).toBeCloseTo((4 * million) / 10, 3);
    // SNS takes 256 KB in a call, so two of them: four requests.
    expect(publishes({ publishBatch: 10, payload: 120_000 })).toBeCloseTo((4 * million) / 2, 3);
    expect(publishes({ publishBatch: 10, payload: 200_000 })).toBe(4 * million);
    const requests = (publishBatch: number) =>
      of(bill({ ...usual, outbound: million, through: 'sqs', publishBatch }).outbound, 'sqsRequest');
    expect(requests(1) - requests(10)).toBeCloseTo(0.9 * million, 3);
  });

  test('the bill counts every attempt of every delivery, for any share that arrives', () => {
    const share = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(share, share, (failureRate, neverDelivered) => {
        const counts = attemptsOf({ ...usual, outbound: million, failureRate, neverDelivered });
        expect(Object.values(counts).every((count) => count >= -1e-6)).toBe(true);
        expect(counts.delivered + counts['tried again'] + counts['given up']).toBeCloseTo(million, 3);
        const failures = counts.failed + counts['failed, a later time'] + counts['given up'];
        const arrived = million * (1 - neverDelivered);
        const lost = million * neverDelivered;
        expect(failures).toBeCloseTo(
          (arrived * failureRate) / (1 - failureRate) + lost * attemptsOfSchedule,
          3,
        );
      }),
    );
  });

  test('the bill reads a large body from the bucket for each attempt, failed ones too', () => {
    const work: Workload = {
      ...usual,
      outbound: million,
      failureRate: 0.5,
      neverDelivered: 0,
      payload: 40_000,
    };
    expect(of(bill(work).outbound, 's3Get')).toBe(2 * million);
  });

  test('the bill has a body in the task only if it is not in the bucket', () => {
    const requests = (payload: number) =>
      of(bill({ ...usual, outbound: million, payload, batch: 1 }).outbound, 'sqsRequest');
    // Three more chunks at the publish queue, none at the delivery queue.
    expect(requests(200_000) - requests(40_000)).toBeCloseTo(3 * million, 0);
  });

  test('the bill keeps a received body that is too large for the queue in the bucket', () => {
    const { inbound } = bill({ ...usual, inbound: million, payload: 1_000_000, batch: 10 });

    expect(of(inbound, 's3Put')).toBe(million);
    expect(of(inbound, 's3Get')).toBe(million);
    expect(of(inbound, 'sqsRequest')).toBe(1.2 * million);
    // Each 512 KB is a request of the gateway's.
    expect(of(inbound, 'apiRequest')).toBe(2 * million);
  });

  test('the bill sends ten tasks at once, and is billed for each 64 KB of them', () => {
    const requests = (fanOut: number, payload: number) =>
      of(bill({ ...usual, outbound: million, payload, fanOut, batch: 1 }).outbound, 'sqsRequest') -
      of(bill({ ...usual, outbound: million, payload, fanOut: 1, batch: 1 }).outbound, 'sqsRequest') -
      // Of each further task: received, deleted, and the letters and retries of those that never arrive.
      (fanOut - 1) * million * 2 * (1 + 5 * usual.neverDelivered) -
      (fanOut - 1) * million * 6 * usual.neverDelivered;
    expect(requests(10, 1000)).toBeCloseTo(0, 0);
    expect(requests(11, 1000)).toBeCloseTo(million, 0);
    expect(requests(10, 8000)).toBeCloseTo(million, 0);
  });

  test('the bill reads the secret again for forged requests, at most once in two seconds and source', () => {
    const calls = (refused: number) =>
      of(bill({ ...usual, inbound: 0, refused, sources: 1 }).inbound, 'secretCall');
    expect(calls(1000)).toBe(1000);
    expect(calls(1e9)).toBe(30 * 24 * 3600 * 0.5);
  });

  test('the bill leaves indexes out of point-in-time recovery, and keeps data as long as the stack does', () => {
    const { outbound } = bill({ ...usual, outbound: million });

    expect(of(outbound, 'tableGbMonth')).toBeGreaterThan(of(outbound, 'recoveryGbMonth'));
    expect(keptDays.inbound).toBe(payloads.inboundRetention.toDays());
    expect(keptDays.outbound).toBe(payloads.outboundRetention.toDays());
    expect(keptDays.received).toBe(sourceDefaults.retention.toDays());
    expect(keptDays.sent).toBe(outboundDefaults.deliveryRetention.toDays() + 1);
    expect(attemptsOfSchedule).toBe(retryPresets.short.length + 1);
    expect(mostBytes.received).toBe(sourceDefaults.maxBodyBytes);
  });

  test('the bill of Lambda is by whole milliseconds', () => {
    for (let batch = 1; batch <= 10; batch++)
      expect(Number.isInteger(milliseconds('consume', batch))).toBe(true);
  });

  test('the bill of no events has the fixed costs: secrets, alarms, polling, the sweep', () => {
    const { inbound, outbound, idle } = bill(usual);

    expect(sumOf(inbound) + sumOf(outbound)).toBe(0);
    expect(of(idle, 'secretMonth')).toBe(5);
    expect(byService(idle).get('Scheduler')).toBeCloseTo(0.0432, 4);
    expect(of(idle, 'snsPublish') + of(idle, 'apiRequest')).toBe(0);
  });

  test('the bill grows with every kind of work, and is never negative', () => {
    const shares = fc.double({ min: 0, max: 0.8, noNaN: true });
    const work: fc.Arbitrary<Workload> = fc.record({
      inbound: fc.integer({ min: 1, max: 1e9 }),
      withoutHandler: shares,
      duplicates: shares,
      refused: fc.integer({ min: 0, max: 1e9 }),
      outbound: fc.integer({ min: 1, max: 1e9 }),
      fanOut: fc.integer({ min: 1, max: 1000 }),
      failureRate: shares,
      neverDelivered: shares,
      payload: fc.integer({ min: 1, max: mostBytes.sns }),
      batch: fc.integer({ min: 1, max: 10 }),
      endpointTime: fc.integer({ min: 0, max: 30_000 }),
      sources: fc.integer({ min: 1, max: mostSources }),
      through: fc.constantFrom('sns', 'sqs'),
      publishBatch: fc.integer({ min: 1, max: 10 }),
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

  test('the bill uses the next larger counted size, and the largest for larger bodies', () => {
    expect(stepOfSize('published', 1)).toBe(step('published, 500 B'));
    expect(stepOfSize('published', 1001)).toBe(step('published, 2000 B'));
    expect(stepOfSize('published', 1e6)).toBe(step('published, 40000 B'));
  });
});

describe('the hosted services', () => {
  test('the hosted services are compared by list price, for events and deliveries', () => {
    const found = comparisons({ ...usual, outbound: million, fanOut: 2 });

    // 490 + (1,000,000 - 50,000) × 0.0001: a message counts once.
    expect(found.find(({ name }) => name.startsWith('Svix'))).toMatchObject({ usd: 585, isLeast: false });
    // $1.00 for the event, twice $0.20 for its deliveries.
    expect(found.find(({ name }) => name.startsWith('EventBridge'))).toMatchObject({ usd: 1.4 });
    expect(found.find(({ name }) => name.includes('Growth'))).toMatchObject({ usd: 499, isLeast: true });
  });

  test('the hosted services are billed for each 64 KB if that is their unit', () => {
    const [eventBridge] = comparisons({ ...usual, outbound: million, payload: 200_000 });
    expect(eventBridge?.usd).toBeCloseTo(4.2, 6);
  });

  test('a price from memory is listed under the bill', () => {
    const price: Price = { ...prices.kmsCall, unconfirmed: true };
    const list = { ...prices, kmsCall: price };
    expect(unconfirmed(['apiRequest'], list)).toEqual([]);
    expect(unconfirmed(['apiRequest', 'kmsCall', 'kmsCall'], list)).toEqual([
      'From memory, because no page states it: calls of KMS; the AWS-managed key itself is free ($0.03 for 10,000).',
    ]);
  });

  test('every price of a hosted service has a source and a date', () => {
    const dated = [...Object.values(prices), ...comparisons(usual)];
    for (const { source, read } of dated) {
      expect(source).toMatch(/^https:\/\//);
      expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });
});
