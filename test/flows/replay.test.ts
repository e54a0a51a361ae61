import { expect, it } from 'vitest';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';
import { publisher } from './support/publisher.ts';
import { postSigned } from './support/senders.ts';

describeFlow('One command', (stack) => {
  const app = publisher(stack);

  const inbound = (id: string, status: string) =>
    eventually(`plain#${id} to be ${status}`, async () => {
      const record = await stack.inboundEvent('plain', id);
      return record?.['status'] === status && record;
    });

  it('one command replays a failed delivery, which then succeeds in its next round', async () => {
    using endpoint = await startEndpoint(statuses(404, 200));
    const id = `evt_${crypto.randomUUID()}`;
    await app.publish(id, endpoint.url);
    await app.ends(id, 'failed');

    await hookline(stack.outputs, 'deliveries', 'replay', app.idOf(id));

    const delivery = await app.ends(id, 'delivered');
    expect(delivery).toMatchObject({ attempts: 2, round: 2 });
    expect(delivery['attemptLog']).toMatchObject([
      { n: 1, status: 404 },
      { n: 2, status: 200 },
    ]);
  });

  it('one command redrives a delivery from its DLQ, and removes it there', async () => {
    using endpoint = await startEndpoint(statuses(410, 200));
    const id = `evt_${crypto.randomUUID()}`;
    await app.publish(id, endpoint.url);
    await app.deadLetter(id);

    await hookline(stack.outputs, 'dlq', 'redrive', 'undelivered', '--id', app.idOf(id));

    expect(await app.ends(id, 'delivered')).toMatchObject({ attempts: 2 });
    const left = (await stack.peek(stack.outputs.dlqs.undelivered)).filter((body) =>
      body.includes(app.idOf(id)),
    );
    expect(left).toEqual([]);
  });

  it('one command replays a failed inbound event, which is then processed', async () => {
    const id = crypto.randomUUID();
    await stack.behave(id, 'permanent', 'succeed');
    await postSigned(stack, 'plain', { id, type: 'thing.done' }, '{}');
    await inbound(id, 'failed');

    expect(await hookline(stack.outputs, 'dlq', 'list', 'plain')).toContain('the test says: give up');
    await hookline(stack.outputs, 'events', 'replay', 'plain', id);

    await inbound(id, 'processed');
    expect(await stack.handlerCalls(id)).toHaveLength(2);
  });
});
