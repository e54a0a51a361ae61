import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { sendsThoughAnotherMoved } from './mutants-of-manifests.ts';
import { answer, publication, type Scenario } from './scenario.ts';
import { simulate } from './simulation.ts';

/** Six manifests of up to ten deliveries. */
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

/** Simulated runs have fewer deliveries: see `test/simulation/`. */
describe('sweeps that overlap, with a purged queue and fifty overdue deliveries', () => {
  it('overlapping sweeps send each of fifty overdue deliveries of a purged queue once', {
    timeout: 300_000,
  }, async () => {
    const purge = await purgeAfterPublishing();

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
        const run = await simulate({ ...manyDeliveries, seed }, [purge]);

        expect(run.violations).toEqual([]);
        expect(run.requests).toHaveLength(backlog.length);
      }),
      { numRuns: 20 },
    );
  });

  it('sweeps that send for a manifest that another one has moved on are caught', async () => {
    const purge = await purgeAfterPublishing();

    const run = await simulate({ ...manyDeliveries, seed: 2 }, [purge], sendsThoughAnotherMoved);

    expect(run.violations).toContainEqual(expect.stringMatching(/more tasks than/));
  });
});

/** Before any worker has taken more than its first batch. */
async function purgeAfterPublishing(): Promise<Fault> {
  const { calls } = await simulate({ ...manyDeliveries, seed: 1 });
  return { call: calls.lastIndexOf('sendTasks') + 1, purges: 'delivery' };
}
