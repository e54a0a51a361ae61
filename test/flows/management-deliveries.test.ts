import { expect, it } from 'vitest';
import { deliveryIdOf } from '../support/fixtures/ids.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { management } from './support/management.ts';
import { postSigned } from './support/senders.ts';

const newTenant = (): string => `t-${crypto.randomUUID()}`;
const everything = (url: string, more: object = {}) => ({ url, eventTypes: ['*'], ...more });

describeFlow('Deliveries and received events in the management API', (stack) => {
  const call = management(stack);
  const pathOf = (tenant: string, id = '') => `/v1/tenants/${tenant}/endpoints${id && `/${id}`}`;

  it.concurrent('the management API shows deliveries with attempts and body; two retries by hand are two attempts', async () => {
    using endpoint = await startEndpoint(statuses(400, 200));
    const tenant = newTenant();
    await call('POST', pathOf(tenant), everything(endpoint.url, { id: 'ep_1' }));
    const { body } = await call('POST', `/v1/tenants/${tenant}/events`, {
      type: 'invoice.paid',
      data: { n: 1 },
    });
    const id = deliveryIdOf(tenant, body.id, 'ep_1');
    const untilIt = (status: string, attempts: number) =>
      eventually(`the delivery to be ${status}`, async () => {
        const answer = await call('GET', `/v1/deliveries/${id}`);
        return answer.body.status === status && answer.body.attempts === attempts && answer.body;
      });

    const failed = await untilIt('failed', 1);
    expect(failed.attemptLog).toMatchObject([{ number: 1, status: 400 }]);
    expect(JSON.parse(failed.body)).toMatchObject({ id: body.id, data: { n: 1 } });
    const listed = await call('GET', `${pathOf(tenant, 'ep_1')}/deliveries`, undefined, {
      query: { status: 'failed' },
    });
    expect(listed.body.data.map((delivery: { id: string }) => delivery.id)).toEqual([id]);

    expect((await call('POST', `/v1/deliveries/${id}/retry`)).status).toBe(202);
    await untilIt('delivered', 2);
    expect((await call('POST', `/v1/deliveries/${id}/retry`)).status).toBe(202);
    await untilIt('delivered', 3);
    expect(endpoint.requests).toHaveLength(3);
  });

  it.concurrent('the management API recovers what failed since a time: an estimate, a job, its end', async () => {
    const down = { isDown: true };
    using endpoint = await startEndpoint(
      (response) => void response.writeHead(down.isDown ? 404 : 200).end(),
    );
    const tenant = newTenant();
    await call('POST', pathOf(tenant), everything(endpoint.url, { id: 'ep_1' }));
    for (let n = 0; n < 7; n++) {
      await call('POST', `/v1/tenants/${tenant}/events`, { type: 'invoice.paid', data: { n } });
    }
    await eventually('seven requests', async () => endpoint.requests.length === 7);
    const since = new Date(Date.now() - 3_600_000).toISOString();
    await eventually('seven failed deliveries', async () => {
      const path = `${pathOf(tenant, 'ep_1')}/recovery-estimate`;
      const { body } = await call('GET', path, undefined, { query: { since } });
      return body.count === 7 && body.isExact;
    });
    down.isDown = false;

    const started = await call('POST', `${pathOf(tenant, 'ep_1')}/recoveries`, { since });
    expect(started).toMatchObject({ status: 202, body: { estimate: { count: 7, isExact: true } } });
    const done = await eventually('the recovery to end', async () => {
      const { body } = await call('GET', `/v1/recoveries/${started.body.id}`);
      return body.status === 'done' && body;
    });

    expect(done).toMatchObject({ replayed: 7, refused: 0 });
    await eventually('fourteen requests', async () => endpoint.requests.length === 14);
    expect((await call('DELETE', `/v1/recoveries/${started.body.id}`)).body.status).toBe('done');
  });

  it.concurrent('the management API shows received events that failed or were ignored, and runs them again', async () => {
    const id = crypto.randomUUID();
    await postSigned(stack, 'quiet', { id, type: 'unheard' }, '{}');

    const listed = await eventually('the event to be listed', async () => {
      const answer = await call('GET', '/v1/sources/quiet/events', undefined, {
        query: { status: 'ignored' },
      });
      return answer.body.data.find((event: { id: string }) => event.id === id);
    });
    expect(listed).toMatchObject({ source: 'quiet', type: 'unheard', status: 'ignored' });
    const one = await call('GET', '/v1/sources/quiet/event', undefined, { query: { id } });
    expect(one.body).toEqual(listed);
    expect((await call('POST', '/v1/sources/quiet/event/replay', { id })).status).toBe(202);
    expect((await call('POST', '/v1/sources/quiet/event/replay', { id: 'evt_none' })).status).toBe(404);
  });
});
