import { expect, it } from 'vitest';
import { later, millis, seconds } from '../../lambdas/domain/time.ts';
import { claimDelivery } from '../../lambdas/outbound/deliver/claim.ts';
import { finish } from '../../lambdas/outbound/deliver/finish.ts';
import { planAfter } from '../../lambdas/outbound/deliver/plan-after.ts';
import { accepted, refused } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

it('a late success whose answer was lost is known to be recorded, and still lets the event expire', async () => {
  const world = outboundWorld();
  const { table, settings } = world;
  await world.publish({
    id: 'inv-42',
    type: 'invoice.paid',
    data: {},
    endpoint: { id: 'acme', url: 'https://acme.example/hooks' },
  });
  world.deliveryQueue.purge();
  const startedAt = world.now();
  const { id, tenant, endpointId } = world.delivery();
  const stalled = await claimDelivery(
    { v: 1, deliveryId: id, tenant, endpointId, attempt: 1 },
    undefined,
    settings,
    startedAt,
    table,
  );
  if (stalled.kind !== 'claimed') throw new Error(`the first claim is ${stalled.kind}`);
  world.advance(seconds(100));
  const second = await table.claimSuspect(
    stalled.delivery,
    1,
    world.now(),
    later(world.now(), settings.lease),
  );
  if (!second.ok) throw new Error('the second claim is refused');
  const moment = { now: world.now(), random: 0.5 };
  const failure = { kind: 'made', outcome: refused(503), startedAt: world.now(), took: millis(100) } as const;
  const retry = planAfter(failure, second.delivery, settings, moment);
  await table.record(second.delivery, retry.record);
  const success = { kind: 'made', outcome: accepted, startedAt, took: millis(100_000) } as const;
  const plan = planAfter(success, stalled.delivery, settings, moment);
  const answers = { lost: 0 };

  await finish({ delivery: stalled.delivery }, success, plan, settings, {
    ...world.deliverPorts,
    deliveries: {
      ...table,
      async recordLateSuccess(...late) {
        const write = await table.recordLateSuccess(...late);
        if (answers.lost++ === 0) throw new Error('the connection was reset');
        return write;
      },
    },
  });

  expect(world.report.named('delivery.attempted')).toEqual([
    expect.not.objectContaining({ record: expect.anything() }),
  ]);
  expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
  expect(world.delivery().attemptLog.map(({ status }) => status)).toEqual([503, 200]);
  expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
    world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
  );
});
