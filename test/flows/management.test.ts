import { expect, it } from 'vitest';
import { describeFlow } from './support/local-stack.ts';
import { management } from './support/management.ts';

const newTenant = (): string => `t-${crypto.randomUUID()}`;
const everything = (url: string, more: object = {}) => ({ url, eventTypes: ['*'], ...more });

describeFlow('The management API', (stack) => {
  const call = management(stack);
  const pathOf = (tenant: string, id = '') => `/v1/tenants/${tenant}/endpoints${id && `/${id}`}`;

  it.concurrent('the management API refuses a request that is not signed', async () => {
    const response = await fetch(`${stack.outputs.managementUrl}/v1/event-types`);

    expect(response.status).toBe(403);
  });

  it.concurrent('the management API creates, shows, changes, lists and deletes endpoints; the secret is shown once and on request', async () => {
    const tenant = newTenant();
    const fields = everything('http://127.0.0.1:9/hooks', {
      id: 'ep_1',
      description: 'Billing',
      filter: { all: [{ path: 'amount', gte: 100 }, { not: { path: 'test', exists: true } }] },
      headers: { 'X-Team': 'billing' },
      metadata: { plan: 'gold' },
      maxPerSecond: 0.5,
      timeout: 2,
      retryDelays: [1, 60],
    });

    const created = await call('POST', pathOf(tenant), fields);
    const { version } = created.body.endpoint;
    expect(created).toMatchObject({ status: 201, etag: `"${version}"` });
    expect(created.body.endpoint).toMatchObject({
      ...fields,
      headers: ['X-Team'],
      tenant,
      status: 'enabled',
    });
    expect(created.body.secret.secret).toMatch(/^whsec_/);

    const shown = await call('GET', pathOf(tenant, 'ep_1'));
    const nothing = { count: 0, isExact: true };
    const breaker = { state: 'closed', failures: 0, waiting: nothing };
    expect(shown.body).toEqual({ ...created.body.endpoint, breaker, waiting: nothing, held: nothing });
    expect(JSON.stringify(shown.body)).not.toContain('whsec_');
    const secret = await call('GET', `${pathOf(tenant, 'ep_1')}/secret`);
    expect(secret.body.secrets).toEqual([created.body.secret]);

    const changes = { description: 'Invoices', filter: null, maxPerSecond: null, retryDelays: [5] };
    const changed = await call('PATCH', pathOf(tenant, 'ep_1'), changes, { ifMatch: shown.etag });
    expect(changed).toMatchObject({ status: 200, etag: `"${version + 1}"` });
    expect(changed.body).toMatchObject({ description: 'Invoices', retryDelays: [5], timeout: 2 });
    expect(changed.body).not.toHaveProperty('filter');
    expect(changed.body).not.toHaveProperty('maxPerSecond');

    expect((await call('DELETE', pathOf(tenant, 'ep_1'))).status).toBe(204);
    expect((await call('GET', pathOf(tenant, 'ep_1'))).status).toBe(404);
  });

  it.concurrent('the management API does not lose one of two changes of the same version', async () => {
    const tenant = newTenant();
    const { etag } = await call('POST', pathOf(tenant), everything('http://127.0.0.1:9/', { id: 'ep_1' }));

    const both = await Promise.all(
      ['one', 'two'].map((description) =>
        call('PATCH', pathOf(tenant, 'ep_1'), { description }, { ifMatch: etag }),
      ),
    );

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const late = await call('DELETE', pathOf(tenant, 'ep_1'), undefined, { ifMatch: etag });
    expect(late.status).toBe(412);
    expect(late.body.type).toBe('urn:hookline:problem:changed-meanwhile');
  });

  it.concurrent('the management API lists page by page', async () => {
    const tenant = newTenant();
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      await call('POST', pathOf(tenant), everything('http://127.0.0.1:9/', { id }));

    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await call('GET', pathOf(tenant), undefined, { query: { limit: '2', cursor } });
      found.push(...page.body.data.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    } while (cursor !== undefined);

    expect(found).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.concurrent.each([
    ['no body', undefined, 400],
    ['an array', [], 400],
    ['no types', { url: 'http://127.0.0.1:9/' }, 400],
    ['a type that is none', { url: 'http://127.0.0.1:9/', eventTypes: ['a b'] }, 400],
    ['a field that there is not', everything('http://127.0.0.1:9/', { rate: 5 }), 400],
    ['a header that is ours', everything('http://127.0.0.1:9/', { headers: { 'webhook-id': 'x' } }), 400],
    ['a header with a line break', everything('http://127.0.0.1:9/', { headers: { a: 'b\r\nc: d' } }), 400],
    ['an empty filter', everything('http://127.0.0.1:9/', { filter: {} }), 400],
    ['a timeout over the deployment’s', everything('http://127.0.0.1:9/', { timeout: 60 }), 400],
    ['an invalid secret', everything('http://127.0.0.1:9/', { secret: 'hunter2' }), 400],
    ['an id with a slash', everything('http://127.0.0.1:9/', { id: 'a/b' }), 400],
    ['a URL that is none', everything('nowhere'), 422],
    ['ftp', everything('ftp://example.com/'), 422],
    ['http to the world', everything('http://example.com/'), 422],
    ['the metadata service', everything('https://169.254.169.254/latest'), 422],
    ['a private address in hex', everything('https://0x0a000001/'), 422],
  ])('the management API refuses %s, and says what is wrong', async (_what, body, status) => {
    const answer = await call('POST', pathOf(newTenant()), body);

    expect(answer.status).toBe(status);
    expect(answer.body.detail).not.toContain('hunter2');
  });

  it.concurrent.each([
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/tenants/a%20b/endpoints', 400],
    ['PUT', '/v1/tenants/acme/endpoints', 405],
    ['GET', `/v1/deliveries/${'x'.repeat(52)}`, 404],
    ['GET', '/v1/deliveries/short', 400],
    ['GET', '/v1/recoveries/rec_none', 404],
    ['GET', '/v1/sources/nobody/events', 404],
    ['GET', '/v1/sources/quiet/event', 400],
    ['DELETE', '/v1/event-types/none.such', 404],
  ] as const)('%s %s: %d', async (method, path, status) => {
    expect((await call(method, path)).status).toBe(status);
  });

  it.concurrent('the management API refuses an invalid cursor, limit and If-Match', async () => {
    const tenant = newTenant();
    await call('POST', pathOf(tenant), everything('http://127.0.0.1:9/', { id: 'ep_1' }));
    const statusOf = async (query: Record<string, string>) =>
      (await call('GET', pathOf(tenant), undefined, { query })).status;

    expect(await statusOf({ cursor: 'nonsense' })).toBe(400);
    expect(await statusOf({ limit: '0' })).toBe(400);
    expect(await statusOf({ limit: '201' })).toBe(400);
    for (const after of ['', 'x'.repeat(1_025)]) {
      const cursor = Buffer.from(JSON.stringify({ after })).toString('base64url');
      expect(await statusOf({ cursor })).toBe(400);
    }
    expect((await call('PATCH', pathOf(tenant, 'ep_1'), {}, { ifMatch: 'W/"1"' })).status).toBe(400);
  });

  it.concurrent('the management API lists deliveries of any span of time, and stores filters and event types of the largest size', async () => {
    const tenant = newTenant();
    await call('POST', pathOf(tenant), everything('http://127.0.0.1:9/', { id: 'ep_1' }));
    const list = (query: Record<string, string>) =>
      call('GET', `${pathOf(tenant, 'ep_1')}/deliveries`, undefined, { query });
    const change = (filter: unknown) => call('PATCH', pathOf(tenant, 'ep_1'), { filter });
    const condition = { path: 'a', in: [9_007_199_254_740_991, 1e-130] };
    const nots = (levels: number): unknown => (levels === 0 ? condition : { not: nots(levels - 1) });

    const empty = { status: 200, body: { data: [] } };
    expect(await list({ since: '2999-01-01T00:00:00Z' })).toMatchObject(empty);
    expect((await list({ until: '9999-12-31T23:59:59Z' })).body).toEqual({ data: [] });
    expect((await list({ since: '2026-02-02T00:00:00Z', until: '2026-02-01T00:00:00Z' })).status).toBe(400);
    expect([(await change(nots(14))).status, (await change(nots(15))).status]).toEqual([200, 400]);
    const path = `/v1/event-types/large.${crypto.randomUUID()}`;
    const large = { schema: { description: 'x'.repeat(130_000) }, example: 'x'.repeat(130_000) };
    expect((await call('PUT', path, large)).status).toBe(201);
    expect((await call('PUT', path, { example: 'x'.repeat(500_000) })).status).toBe(400);
  });

  it.concurrent('the management API describes event types, and refuses payloads that do not match if that is enabled', async () => {
    const type = `order.${crypto.randomUUID()}`;
    const path = `/v1/event-types/${type}`;
    const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
    const fields = { description: 'An order', schema, example: { total: 5 }, checkPayload: true };

    const created = await call('PUT', path, fields);
    expect(created).toMatchObject({ status: 201, etag: `"${created.body.version}"` });
    expect((await call('GET', path)).body).toMatchObject({ name: type, ...fields });
    const stale = await call('PUT', path, fields, { ifMatch: '"7"' });
    expect(stale.status).toBe(412);
    const again = await call('PUT', path, fields, { ifMatch: created.etag });
    expect(again.etag).toBe(`"${created.body.version + 1}"`);

    const events = `/v1/tenants/${newTenant()}/events`;
    const refused = await call('POST', events, { type, data: { amount: 5 } });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toMatch(/does not fit the schema/);
    expect((await call('POST', events, { type, data: { total: 5 } })).status).toBe(202);
    expect((await call('PUT', path, { schema: { type: 'nothing' } })).status).toBe(400);
    expect((await call('DELETE', path, undefined, { ifMatch: created.etag })).status).toBe(412);
    expect((await call('DELETE', path, undefined, { ifMatch: again.etag })).status).toBe(204);
  });

  it('the management API responds with its own description', async () => {
    expect(await call('GET', '/v1/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.1' } });
  });
});
