import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deadLetterQueueOf, type FailureCause } from '../../lambdas/domain/delivery-failure.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { accepted, outboundSettings, refused } from '../support/fixtures/outbound.ts';
import { dyingWorkers } from '../support/worlds/dying-workers.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../support/worlds/stored-delivery.ts';

type World = ReturnType<typeof outboundWorld>;

const stops = { halfCalls: fc.nat(24), isDead: fc.boolean() };
const worker = <const Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind), ...stops });

/** The possible steps, in any order. */
const happenings = fc.oneof(
  { weight: 4, arbitrary: worker('deliver') },
  { weight: 2, arbitrary: worker('sweep') },
  { weight: 1, arbitrary: worker('publish') },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), span: fc.integer({ min: 1, max: 1_200 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay' as const), which: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revive' as const) }) },
);
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

const answers = fc.array(fc.constantFrom(200, 200, 404, 410, 429, 500, 503), { minLength: 1, maxLength: 8 });
const schedules = fc.array(fc.constantFrom(1, 30, 600, 5_000).map(seconds), { maxLength: 4 });

const message = (endpoint: number) => ({
  id: 'inv-42',
  type: 'invoice.paid',
  data: {},
  endpoint: { id: `e${endpoint}`, url: `https://e${endpoint}.example/` },
});

async function happen(
  world: World,
  workers: ReturnType<typeof dyingWorkers>,
  happening: Happening,
): Promise<void> {
  switch (happening.kind) {
    case 'deliver':
      return workers.run(happening, world.deliverPorts, (ports) => world.deliverOnce(ports));
    case 'sweep':
      return workers.run(happening, world.sweepPorts, (ports) => world.sweep(ports));
    case 'publish':
      return workers.run(happening, world.publishPorts, (ports) => world.workOffPublishQueue(ports));
    case 'wait':
      return world.advance(seconds(happening.span));
    case 'purge':
      return world.deliveryQueue.purge();
    case 'revive':
      return workers.reviveStalled();
    case 'replay': {
      const delivery = [...world.table.deliveries.values()][happening.which];
      if (delivery !== undefined) await world.replay(delivery.id);
    }
  }
}

it('every delivery ends, and nothing of it stays behind, in any order of events and faults', async () => {
  await fc.assert(
    fc.asyncProperty(
      answers,
      schedules,
      fc.record(stops),
      fc.array(happenings, { maxLength: 30, size: 'max' }),
      async (statuses, retryDelays, begin, story) => {
        const settings = { ...outboundSettings, retryDelays };
        const world = outboundWorld(
          (_request, count) => answer(statuses[(count - 1) % statuses.length] ?? 200),
          settings,
        );
        const workers = dyingWorkers();
        for (const endpoint of [0, 1])
          await world.publishQueue.send({ body: JSON.stringify(message(endpoint)) });

        await happen(world, workers, { kind: 'publish', ...begin });
        for (const happening of story) await happen(world, workers, happening);
        await workers.reviveStalled();
        world.advance(seconds(500));
        await world.workOffPublishQueue();
        await world.run(seconds(86_400));

        const deliveries = [...world.table.deliveries.values()];
        expect(deliveries).toHaveLength(2);
        for (const delivery of deliveries) expectEnded(world, delivery.id);
        expectExpiring(world, deliveries);
        expect(world.deliveryQueue.contents()).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
}, 120_000);

const answer = (status: number) =>
  status === 200 ? accepted : status === 410 ? ({ kind: 'gone', status } as const) : refused(status);

function expectEnded(world: World, id: string): void {
  const delivery = world.table.deliveries.get(id);
  expect(delivery?.dueAt).toBeUndefined();
  expect(delivery?.leaseUntil).toBeUndefined();
  expect(delivery?.expiresAt).toBeDefined();
  const log = delivery?.attemptLog ?? [];
  switch (delivery?.status) {
    case 'delivered':
      expect(log.some(({ status }) => status === 200)).toBe(true);
      break;
    case 'failed':
      expect(lettersIn(world, delivery.cause).some((text) => JSON.parse(text).id === id)).toBe(true);
      break;
    default:
      expect.fail(`is ${delivery?.status}`);
  }
}

const lettersIn = (world: World, cause: FailureCause | undefined): readonly string[] =>
  deadLetterQueueOf(cause) === 'delivery' ? world.deadLetters : world.undelivered;

/** The event outlives its deliveries, and not by much. */
function expectExpiring(world: World, deliveries: readonly StoredDelivery[]): void {
  const [event] = world.events.events.values();
  expect(event?.expiresAt).toBeGreaterThan(Math.max(...deliveries.map(({ expiresAt }) => expiresAt ?? 0)));
}
