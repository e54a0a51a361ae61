import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const path = `${endpoints}/ep_1/filter-test`;
const big = { path: 'amount', gte: 1000 };

/** Two endpoints; the one that is asked about takes large invoices only. */
async function withEvents() {
  const { world, call } = managementWorld();
  const url = 'https://acme.example/hooks';
  await call('POST', endpoints, { id: 'ep_1', url, eventTypes: ['invoice.*'], filter: big });
  await call('POST', endpoints, { id: 'all', url, eventTypes: ['*'] });
  const publish = async (id: string, type: string, data: object) => {
    world.advance(seconds(1));
    await world.publish({ id, type, tenant: 'acme', data });
    await world.recordAnnounced();
  };
  await publish('e1', 'invoice.paid', { amount: 5 });
  await publish('e2', 'invoice.paid', { amount: 2000 });
  await publish('e3', 'order.made', { amount: 3000 });
  const { readPayload } = world.publishPorts;
  const test = async (body?: object, tenant = 'acme') => {
    const at = path.replace('acme', tenant);
    return Object(await call('POST', at, body, {}, { readPayload }));
  };
  return { world, test };
}

describe('a test of a filter', () => {
  it('a test of a filter reads the newest events of the tenant, and names the parts that exclude them', async () => {
    const { test } = await withEvents();

    expect(await test()).toEqual({
      status: 200,
      body: {
        tested: 3,
        matched: 1,
        results: [
          { eventId: 'e3', eventType: 'order.made', matches: false, otherType: true, failed: [] },
          { eventId: 'e2', eventType: 'invoice.paid', matches: true, failed: [] },
          ...[
            { eventId: 'e1', eventType: 'invoice.paid', matches: false, failed: [{ place: '', part: big }] },
          ],
        ],
      },
    });
  });

  it('a test of a filter accepts another filter, other types and a limit', async () => {
    const { test } = await withEvents();
    const body = { filter: { path: 'amount', lt: 10 }, eventTypes: ['*'], limit: 2 };

    const { body: answer } = await test(body);

    expect(answer).toMatchObject({ tested: 2, matched: 0 });
    expect(answer.results.map(({ eventId }: { eventId: string }) => eventId)).toEqual(['e3', 'e2']);
  });

  it('a test of a filter accepts payloads of the caller, digit by digit', async () => {
    const { test } = await withEvents();
    const examples = [{ amount: 999 }, { amount: 1000 }, null];

    expect((await test({ examples })).body).toMatchObject({
      tested: 3,
      matched: 1,
      results: [
        { example: 0, matches: false },
        { example: 1, matches: true },
        { example: 2, matches: false },
      ],
    });
  });

  it('a test of a filter finds nothing older than three days, and nothing of another tenant', async () => {
    const { world, test } = await withEvents();
    expect(await test({}, 'umbrella')).toMatchObject({ status: 404 });
    world.advance(days(4));

    expect((await test()).body).toEqual({ tested: 0, matched: 0, results: [] });
  });

  it.each([
    [{ filter: { path: 'data.amount', gt: 1 } }, /write customer\.id, not data\.customer\.id/],
    [{ limit: 51 }, /limit/],
    [{ examples: Array.from({ length: 51 }, () => 1) }, /examples/],
    [{ examples: [] }, /examples/],
  ])('an invalid test of a filter is refused: %#', async (body, detail) => {
    const { test } = await withEvents();

    expect(await test(body)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } });
  });
});

describe('an endpoint', () => {
  it('an endpoint with a stored filter whose path begins with data is shown, and keeps it in a change', async () => {
    const { world, call } = managementWorld();
    const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
    await call('POST', endpoints, fields);
    const filter = { path: 'data.amount', gt: 1 };
    const made = await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'));
    if (made) world.endpoints.endpoints.set('acme/ep_1', { ...made, filter });

    expect(await call('GET', `${endpoints}/ep_1`)).toMatchObject({ status: 200, body: { filter } });
    expect(await call('PATCH', `${endpoints}/ep_1`, { description: 'x' })).toMatchObject({
      status: 200,
      body: { filter, description: 'x' },
    });
    expect(await call('PATCH', `${endpoints}/ep_1`, { filter })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/not data\.customer\.id/) },
    });
  });
});
