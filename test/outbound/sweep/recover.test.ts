import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import { days, later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { estimateFailed } from '../../../lambdas/outbound/sweep/estimate-failed.ts';
import { type RecoverPorts, recover } from '../../../lambdas/outbound/sweep/recover.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { accepted, refused, start } from '../../support/fixtures/outbound.ts';
import { dyingWorkers } from '../../support/worlds/dying-workers.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

/** Failed deliveries of one endpoint, some of another, and a job for the first. */
async function sixtyFailed(count = 60) {
  const down = { isDown: true };
  const world = outboundWorld(() => (down.isDown ? refused(404) : accepted));
  await world.endpoints.create(newEndpoint(start));
  await world.endpoints.create(newEndpoint(start, { id: 'ep_2', eventTypes: ['order.*'] }));
  for (let n = 0; n < count; n++)
    await world.publish({ id: `e${n}`, type: 'invoice.paid', tenant: asTenantId('acme'), data: n });
  await world.publish({
    id: 'other',
    type: 'order.made',
    tenant: asTenantId('acme'),
    data: {},
    endpoint: { id: 'ep_2' },
  });
  await world.run(seconds(600));
  down.isDown = false;
  const job: Recovery = {
    id: 'rec_1',
    tenant: asTenantId('acme'),
    endpointId: asEndpointId('ep_1'),
    since: start,
    until: world.now(),
    status: 'running',
    estimate: { count, isExact: true },
    replayed: 0,
    refused: 0,
    createdAt: world.now(),
    updatedAt: world.now(),
  };
  await world.recoveries.create(job);
  const ports: RecoverPorts = world.sweepPorts;
  const counts = () =>
    Map.groupBy(world.table.deliveries.values(), ({ endpointId, status }) => `${endpointId} ${status}`);
  return { world, job, ports, counts };
}

describe('a recovery', () => {
  it('a recovery sends every failed delivery of its endpoint again, once, and nothing else', async () => {
    const { world, ports, counts } = await sixtyFailed();

    await recover(['rec_1'], () => true, ports);
    await world.run(seconds(600));

    expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 60, refused: 0 });
    expect(counts().get('ep_1 delivered')).toHaveLength(60);
    expect(counts().get('ep_2 failed')).toHaveLength(1);
    expect([...world.table.deliveries.values()].every(({ attempts }) => attempts <= 2)).toBe(true);
  });

  it('a recovery counts none twice over its pages', async () => {
    const { world, ports, counts } = await sixtyFailed(300);

    expect(await recover(['rec_1'], () => true, ports)).toBe(300);
    await world.run(seconds(600));

    expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 300 });
    expect(counts().get('ep_1 delivered')).toHaveLength(300);
  });

  it.each([1, 5, 30, 60, 100, 200])(
    'a recovery continues after its worker died, at port call %d, and repeats nothing',
    async (halfCalls) => {
      const { world, ports, counts } = await sixtyFailed();

      await dyingWorkers().run({ halfCalls, isDead: true }, ports, (dying) =>
        recover(['rec_1'], () => true, dying),
      );
      world.advance(seconds(61));
      await world.sweep();
      await world.run(seconds(600));

      const job = await world.recoveries.read('rec_1');
      expect(job).toMatchObject({ status: 'done', replayed: 60, refused: 0 });
      expect(counts().get('ep_1 delivered')).toHaveLength(60);
      expect(world.requests.filter(({ url }) => url.includes('acme'))).toHaveLength(122 - 1);
    },
  );

  it('a recovery is left alone by a second worker while the first has the lease', async () => {
    const { world, ports } = await sixtyFailed();
    await world.recoveries.claim('rec_1', world.now(), later(world.now(), seconds(60)));

    expect(await recover(['rec_1'], () => true, ports)).toBe(0);
  });

  it('a recovery alternates with others, page by page, and an error of one does not stop the others', async () => {
    const { world, job, ports } = await sixtyFailed();
    await world.recoveries.create({ ...job, id: 'rec_2', endpointId: asEndpointId('ep_2') });
    await world.recoveries.create({ ...job, id: 'rec_0', endpointId: asEndpointId('ep_0') });
    const claimed: string[] = [];
    const recoveries: RecoverPorts['recoveries'] = {
      ...ports.recoveries,
      async claim(id, now, until) {
        claimed.push(id);
        if (id === 'rec_0') throw new Error('DynamoDB is away');
        return ports.recoveries.claim(id, now, until);
      },
    };

    const replayed = await recover(['rec_0', 'rec_1', 'rec_2'], () => true, { ...ports, recoveries });

    expect(claimed.slice(0, 5)).toEqual(['rec_0', 'rec_1', 'rec_2', 'rec_1', 'rec_2']);
    expect(replayed).toBe(61);
    expect(await world.recoveries.read('rec_2')).toMatchObject({ status: 'done', replayed: 1 });
    expect(world.report.named('recovery.errored')).toHaveLength(1);
  });

  it('a recovery skips none that could not be replayed at first', async () => {
    const { world, ports, counts } = await sixtyFailed();
    let calls = 0;
    const keep: RecoverPorts['events']['keep'] = async (...args) => {
      if (++calls % 10 === 0) throw new Error('DynamoDB is busy');
      return ports.events.keep(...args);
    };

    await recover(['rec_1'], () => true, { ...ports, events: { ...ports.events, keep } });
    world.advance(seconds(61));
    await world.sweep();
    await world.run(seconds(600));

    expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 60, refused: 0 });
    expect(counts().get('ep_1 delivered')).toHaveLength(60);
    expect(world.report.named('recovery.errored')).toHaveLength(1);
  });

  it('a recovery continues after a page whose deliveries no longer exist', async () => {
    const { world, job, ports } = await sixtyFailed();
    const all = [...world.table.deliveries.values()].filter(({ endpointId }) => endpointId === 'ep_1');
    const gone = new Set(all.slice(0, 59).map(({ id }) => id));
    const readAll: RecoverPorts['deliveries']['readAll'] = async (ids, onMalformed) =>
      ports.deliveries.readAll(
        ids.filter((id) => !gone.has(id)),
        onMalformed,
      );
    const deliveries = { ...ports.deliveries, readAll };

    await recover(['rec_1'], () => true, { ...ports, deliveries });

    expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 1 });
    const span = { since: job.since, until: job.until };
    expect(await estimateFailed(newEndpoint(start), span, () => true, deliveries)).toMatchObject({
      count: 0,
      isExact: true,
    });
  });

  it('a recovery counts a malformed delivery as refused, logs it, and sends the others', async () => {
    const { world, ports } = await sixtyFailed(3);
    const [malformed] = world.table.deliveries.values();
    const readAll: RecoverPorts['deliveries']['readAll'] = async (ids, onMalformed) => {
      const others = ids.filter((id) => id !== malformed?.id);
      if (others.length < ids.length) onMalformed(new Error('the item of delivery d is malformed'));
      return ports.deliveries.readAll(others, onMalformed);
    };

    await recover(['rec_1'], () => true, { ...ports, deliveries: { ...ports.deliveries, readAll } });

    expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 2, refused: 1 });
    expect(world.report.named('recovery.errored')).toHaveLength(1);
  });

  it('a recovery pauses between two pages, but only if it sent something', async () => {
    const { world, job, ports } = await sixtyFailed();
    let pauses = 0;
    const pause = async () => void pauses++;

    await recover(['rec_1'], () => true, { ...ports, pause });
    const whileSending = pauses;
    const [since, until] = [later(start, days(-400)), later(start, days(-1))];
    await world.recoveries.create({ ...job, id: 'rec_2', since, until });
    await recover(['rec_2'], () => true, { ...ports, pause });

    // Of three pages with something to send, the last one is the end.
    expect(whileSending).toBe(2);
    expect(pauses).toBe(whileSending);
  });

  it('a recovery stops when it is cancelled, or when time runs out, and the sweep continues that one', async () => {
    const { world, ports } = await sixtyFailed();
    const turns = { left: 2 };

    await recover(['rec_1'], () => turns.left-- > 0, ports);
    const paused = await world.recoveries.read('rec_1');
    expect(paused).toMatchObject({ status: 'running' });
    expect(paused?.leaseUntil).toBeUndefined();
    await world.recoveries.cancel('rec_1', unixMillis(world.now()));
    expect(await world.sweep()).toMatchObject({ recovered: 0 });
  });
});
