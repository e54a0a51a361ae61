import { expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import {
  days,
  later,
  millis,
  seconds,
  toUnixSeconds,
  type UnixMillis,
} from '../../../lambdas/domain/time.ts';
import { recover } from '../../../lambdas/outbound/sweep/recover.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

const jobFrom = (since: UnixMillis, now: UnixMillis): Recovery => ({
  id: 'rec_1',
  tenant: asTenantId('acme'),
  endpointId: asEndpointId('ep_1'),
  since,
  until: now,
  status: 'running',
  estimate: { count: 2, isExact: true },
  replayed: 0,
  refused: 0,
  createdAt: now,
  updatedAt: now,
});

it('a recovery sends what failed and nothing else, and its tasks wait for the breaker, unlike those of a person', async () => {
  const { world } = await worldWithOneEndpoint(() => refused(404));
  for (const id of ['a', 'b', 'c'])
    await world.publish({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
  await world.run(seconds(60));
  const [arrived] = world.table.deliveries.values();
  if (arrived?.status !== 'failed') throw new Error('not failed');
  await world.recoveries.create(jobFrom(start, world.now()));
  // Its page is noted when a success of one of them is recorded.
  const turns = { left: 1 };
  expect(await recover(['rec_1'], () => turns.left-- > 0, world.sweepPorts)).toBe(0);
  const success = { n: 1, at: start, ms: 1, status: 200 };
  await world.table.recordLateSuccess(arrived, success, toUnixSeconds(later(world.now(), days(30))));

  expect(await recover(['rec_1'], () => true, world.sweepPorts)).toBe(2);

  const tasks = world.deliveryQueue.contents().map((text) => JSON.parse(text));
  expect(tasks).toHaveLength(2);
  expect(tasks.map(({ deliveryId }) => deliveryId)).not.toContain(arrived.id);
  expect(tasks.every(({ byHand }) => byHand === undefined)).toBe(true);
});

it('a recovery includes a delivery whose deadline was extended while it waited', async () => {
  const { world } = await worldWithOneEndpoint(() => refused(404));
  await world.publish({ id: 'a', type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
  await world.run(seconds(60));
  const [failed] = world.table.deliveries.values();
  if (failed === undefined) throw new Error('λ publish made no delivery');
  // As after a wait for a slot near the end of a short schedule.
  const deadline = later(world.now(), seconds(3600));
  world.table.deliveries.set(failed.id, { ...failed, deadline, lifetime: millis(60_000) });
  await world.recoveries.create(jobFrom(start, world.now()));

  expect(await recover(['rec_1'], () => true, world.sweepPorts)).toBe(1);
});
