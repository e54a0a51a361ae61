import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { Fault } from './faults.ts';
import { sweepsBeforeMovingOn } from './mutants.ts';
import { answer, publication, type Scenario, toTenant } from './scenario.ts';
import { simulate } from './simulation.ts';

/** Two workers, two sweeps and every task twice, in any order. */
const crowd: Scenario = {
  name: 'a crowd',
  publications: ['ok', 'flaky', 'wrong', 'late', 'ok'].map((endpoint) => publication(endpoint)),
  endpoints: {
    ok: [answer(200)],
    flaky: [answer(503), answer(503), answer(200)],
    wrong: [answer(404)],
    late: [answer(503), answer(200)],
  },
  retryDelays: [1, 1200].map(seconds),
  copies: 2,
  deliverWorkers: 2,
  sweepsAtOnce: 2,
  ends: {
    ok: { status: 'delivered', requests: 1 },
    flaky: { status: 'delivered', requests: 3 },
    wrong: { status: 'failed', requests: 1, reason: /404/ },
    late: { status: 'delivered', requests: 2 },
  },
};

/** People reset endpoints and send waiting deliveries while all workers run. */
const afterOutages: Scenario = {
  name: 'after outages',
  registered: ['back', 'down'],
  publications: [toTenant('evt_1')],
  endpoints: {
    back: [answer(503), answer(200)],
    down: [answer(503), answer(503), answer(503), answer(200)],
  },
  retryDelays: [1, 600, 1, 600, 600].map(seconds),
  breakAfter: 2,
  copies: 2,
  deliverWorkers: 2,
  sweepsAtOnce: 2,
  changes: [
    { kind: 'reset-limiter', endpoint: 'down', at: seconds(59) },
    { kind: 'retry', endpoint: 'down', at: seconds(60) },
    { kind: 'retry', endpoint: 'back', at: seconds(60) },
    { kind: 'retry', endpoint: 'down', at: seconds(60) },
    { kind: 'reset-limiter', endpoint: 'down', at: seconds(60) },
    { kind: 'reset-limiter', endpoint: 'down', at: seconds(119) },
  ],
  ends: {
    back: { status: 'delivered', requests: 2 },
    down: { status: 'delivered', requests: 4 },
  },
};

const backlog = Array.from({ length: 55 }, (_, n) => `to${n}`);

/** Each accepted at once. */
const manyDeliveries: Scenario = {
  name: 'a backlog',
  publications: backlog.map((endpoint) => publication(endpoint)),
  endpoints: Object.fromEntries(backlog.map((endpoint) => [endpoint, [answer(200)]])),
  deliverWorkers: 2,
  sweepsAtOnce: 3,
  ends: Object.fromEntries(backlog.map((endpoint) => [endpoint, { status: 'delivered', requests: 1 }])),
};

const seeds = fc.integer({ min: 0, max: 2 ** 30 });
const when = fc.constantFrom('before' as const, 'after' as const);
const call = fc.nat({ max: 150 });
const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.oneof(
    fc.record({ call, when }),
    fc.record({ call, when, stallMs: fc.constantFrom(20_000, 100_000, 500_000) }),
    fc.record({ call, purges: fc.constant('delivery' as const) }),
  ),
  { maxLength: 3 },
);

describe('processes that run at once, in any order of their port calls', () => {
  it('processes that run at once, in any order of their port calls, repeat no request and end every delivery correctly', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        expect((await simulate({ ...crowd, seed })).violations).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('processes that run at once break no promise when they die, stall or lose a queue', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, faults, async (seed, some) => {
        expect((await simulate({ ...crowd, seed }, some)).violations).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('processes that run at once release waiting deliveries with one attempt each, in any order', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        expect((await simulate({ ...afterOutages, seed })).violations).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  describe('with a purged queue and fifty overdue deliveries', () => {
    it('overlapping sweeps send each of fifty overdue deliveries of a purged queue once', {
      timeout: 300_000,
    }, async () => {
      const purge = await purgeAfterPublishing();

      await fc.assert(
        fc.asyncProperty(seeds, async (seed) => {
          const run = await simulate({ ...manyDeliveries, seed }, [purge]);

          expect(run.violations).toEqual([]);
          expect(run.requests).toHaveLength(backlog.length);
        }),
        { numRuns: 20 },
      );
    });

    it('sweeps that send before they move a delivery in the index are caught', async () => {
      const purge = await purgeAfterPublishing();

      const run = await simulate({ ...manyDeliveries, seed: 2 }, [purge], sweepsBeforeMovingOn);

      expect(run.violations).toContainEqual(expect.stringMatching(/more tasks than/));
    });
  });
});

/** Before any worker has taken more than its first batch. */
async function purgeAfterPublishing(): Promise<Fault> {
  const { calls } = await simulate({ ...manyDeliveries, seed: 1 });
  return { call: calls.lastIndexOf('events.markFannedOut'), purges: 'delivery' };
}
