import { expect, it } from 'vitest';
import { days, later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { lookAtManifests } from '../../../lambdas/outbound/sweep/sweep-manifests.ts';
import { start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

type World = ReturnType<typeof outboundWorld>;

const message = (id: string) => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id, url: `https://${id}.example/hooks` },
});
const manifests = ({ manifests }: World) => [...manifests.manifests.values()];

it('a manifest is looked at again a minute after the last lease of its deliveries', async () => {
  const world = outboundWorld();
  await world.publish(message('a'), message('b'));
  world.advance(seconds(280));
  const ofOneWorker = { ...world.deliverPorts, post: () => new Promise<never>(() => undefined) };
  void world.deliverOnce(ofOneWorker, 1);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  world.advance(seconds(10));
  await world.dieInRequest();
  world.advance(seconds(10));

  await world.sweep();

  const leases = [...world.table.deliveries.values()].map(({ leaseUntil = start }) => leaseUntil);
  expect(new Set(leases).size).toBe(2);
  expect(manifests(world)).toMatchObject([
    { lookAt: later(unixMillis(Math.max(...leases)), seconds(60)), looks: 0 },
  ]);
});

it('a manifest costs one read of its deliveries, which need not be consistent', async () => {
  const world = outboundWorld();
  await world.publish(message('a'), message('b'));
  const reads: unknown[] = [];
  const standings: World['table']['standings'] = (ids, isConsistent, onMalformed) => {
    reads.push([ids.length, isConsistent]);
    return world.table.standings(ids, isConsistent, onMalformed);
  };
  const ports = { ...world.sweepPorts, deliveries: { ...world.table, standings } };
  const look = async () => void (await lookAtManifests(manifests(world), days(30), ports));

  await look();
  expect(reads).toEqual([]);
  world.advance(seconds(300));
  await look();
  expect(reads).toEqual([[2, false]]);
});

it('a manifest of a day ago has only its missing deliveries read again, and only those are reported', async () => {
  const world = outboundWorld();
  await world.publish(message('a'), message('b'));
  while ((await world.deliverOnce()) > 0);
  const [missing = ''] = world.table.deliveries.keys();
  world.table.deliveries.delete(missing);
  const reads: unknown[] = [];
  const standings: World['table']['standings'] = (ids, isConsistent, onMalformed) => {
    reads.push([ids.length, isConsistent]);
    return world.table.standings(ids, isConsistent, onMalformed);
  };
  const ports = { ...world.sweepPorts, deliveries: { ...world.table, standings } };
  const look = () => lookAtManifests(manifests(world), days(30), ports);

  world.advance(seconds(86_399));
  await look();
  expect([reads, manifests(world).length]).toEqual([[[2, false]], 1]);
  const [manifest] = manifests(world);
  if (manifest !== undefined) await world.manifests.moveOn(manifest, world.now(), 1);
  world.advance(seconds(1));
  await look();

  expect(reads.slice(1)).toEqual([
    [2, false],
    [1, true],
  ]);
  expect(manifests(world)).toEqual([]);
  expect(world.report.named('delivery.missing')).toMatchObject([{ deliveryId: missing }]);
});
