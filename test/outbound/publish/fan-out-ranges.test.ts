import { expect, it } from 'vitest';
import { type PublishPorts, publish } from '../../../lambdas/outbound/publish/publish.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { idOf, tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

it('three ranges of a tenant are noted before they are sent, reach every endpoint, and the last one marks the event', async () => {
  const world = await tenantWithEndpoints(1001);
  const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: { amount: 5 } };
  const noted: unknown[] = [];
  const ranges: unknown[] = [];
  const sendRanges: PublishPorts['sendRanges'] = async (messages) => {
    noted.push((await world.events.read('acme#e1'))?.rangesLeft?.length);
    ranges.push(...messages.map(({ body }) => JSON.parse(body).range));
    await world.publishPorts.sendRanges(messages);
  };
  await world.publishQueue.send({ body: JSON.stringify(event) });

  const marks: boolean[] = [];
  for (let messages = 0; messages < 4; messages++) {
    const batch = world.publishQueue.receive(1);
    expect(await publish(batch, outboundSettings, { ...world.publishPorts, sendRanges })).toEqual([]);
    for (const { receiptHandle } of batch) await world.publishQueue.delete(receiptHandle);
    marks.push((await world.events.read('acme#e1'))?.fannedOutAt !== undefined);
  }

  expect(noted).toEqual([3]);
  const [first, second] = [idOf(499), idOf(999)];
  expect(ranges.map(String)).toEqual(
    expect.arrayContaining(
      [
        [null, first],
        [first, second],
        [second, null],
      ].map((range) => JSON.stringify(range)),
    ),
  );
  expect(marks).toEqual([false, false, false, true]);
  expect(world.table.deliveries.size).toBe(1001);
});
