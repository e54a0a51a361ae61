import { describe, expect, it } from 'vitest';
import { down } from '../support/fixtures/outbound.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const path = `${endpoints}/ep_1`;
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const jwt = `Bearer ${'a'.repeat(4000)}.c2VjcmV0`;

/** An endpoint with these headers. */
async function endpointWith(headers: object) {
  const { world, call, ports } = managementWorld();
  const created = await call('POST', endpoints, { ...fields, headers });
  const patch = (change: unknown) => call('PATCH', path, { headers: change });
  const sent = async () => {
    await world.publish({ type: 'x', tenant: 'acme', data: {} });
    await world.deliverOnce();
    const { headers: all = {} } = world.requests.at(-1) ?? {};
    return Object.fromEntries(Object.entries(all).filter(([name]) => /^x-(?!webhook)|^auth/i.test(name)));
  };
  return { world, call, ports, created, patch, sent };
}

describe('the headers of an endpoint', () => {
  it('the headers of an endpoint are sent with their values, and shown by name only', async () => {
    const { world, call, created, sent } = await endpointWith({ 'X-Team': 'billing', Authorization: jwt });

    expect(await sent()).toEqual({ 'X-Team': 'billing', Authorization: jwt });
    const shown = [
      created,
      await call('GET', path),
      await call('GET', endpoints),
      await call('PATCH', path, { description: 'x' }),
      await call('POST', `${path}/disable`),
      await call('POST', `${path}/enable`),
    ];
    expect(created).toMatchObject({ body: { endpoint: { headers: ['Authorization', 'X-Team'] } } });
    const everything = JSON.stringify([
      ...shown,
      ...[...world.endpoints.endpoints.values(), ...world.operations, ...world.table.deliveries.values()],
      world.report,
    ]);
    expect(everything).not.toMatch(/billing|Bearer|c2VjcmV0/);
  });

  it('the headers of an endpoint are changed one by one, in any spelling; the others stay', async () => {
    const { patch, sent } = await endpointWith({ 'X-Team': 'billing', 'X-Old': '1', 'X-Key': 'a' });

    const { body } = await patch({ 'x-key': 'b', 'X-Old': null, 'X-New': 'n', 'X-Never': null });

    expect(body).toMatchObject({ headers: ['X-New', 'X-Team', 'x-key'] });
    expect(await sent()).toEqual({ 'X-Team': 'billing', 'x-key': 'b', 'X-New': 'n' });
    expect((await patch({})).body).toMatchObject({ headers: ['X-New', 'X-Team', 'x-key'] });
    expect((await patch(null)).body).toMatchObject({ headers: [] });
  });

  it('the headers that an earlier version stored as plain text are sent, and sealed by the next change', async () => {
    const { world, call, sent } = await endpointWith({});
    const [endpoint] = world.endpoints.endpoints.values();
    world.endpoints.endpoints.set('acme/ep_1', {
      ...(endpoint ?? expect.fail()),
      headers: { 'X-Team': 'billing' },
    });

    expect(await sent()).toEqual({ 'X-Team': 'billing' });
    expect(await call('PATCH', path, { description: 'x' })).toMatchObject({ body: { headers: ['X-Team'] } });

    expect(JSON.stringify([...world.endpoints.endpoints.values()])).not.toContain('billing');
    expect(await sent()).toEqual({ 'X-Team': 'billing' });
  });

  it('the headers of an endpoint that cannot be opened now postpone the delivery: no attempt, no failure', async () => {
    const { world } = await endpointWith({ 'X-Team': 'billing' });
    await world.publish({ type: 'x', tenant: 'acme', data: {} });

    await world.deliverOnce({ ...world.deliverPorts, endpointHeaders: down });

    expect(world.requests).toEqual([]);
    expect(world.delivery()).toMatchObject({ status: 'pending', attempts: 0, attemptLog: [] });
  });

  it('the headers of an endpoint have their blanks trimmed, at the ends only', async () => {
    const { sent } = await endpointWith({ 'X-Key': ' \t a\tb  c \r\n' });

    expect(await sent()).toEqual({ 'X-Key': 'a\tb  c' });
  });

  it.each<readonly [string, object, string, string]>([
    ['one that is said twice', { 'X-Key': '1', 'x-key': '2' }, 'headers', 'the same'],
    ['over 4 KB', { 'X-Key': 'x'.repeat(4097) }, 'headers.X-Key', 'at most 4096'],
    [
      '17 of them',
      Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`X-${n}`, 'x'])),
      'headers',
      '16',
    ],
    [
      'over 16 KB in all',
      Object.fromEntries([1, 2, 3, 4].map((n) => [`X-${n}`, 'x'.repeat(4096)])),
      'headers',
      '16384',
    ],
    ['empty', { 'X-Key': '' }, 'headers.X-Key', 'visible ASCII'],
    ['of blanks', { 'X-Key': ' \n' }, 'headers.X-Key', 'visible ASCII'],
    ['with a line break', { 'X-Key': 'a\r\nX-Other: b' }, 'headers.X-Key', 'visible ASCII'],
    ['with a null', { 'X-Key': 'a\u0000b' }, 'headers.X-Key', 'visible ASCII'],
    ['in letters beyond ASCII', { 'X-Key': 'Müller' }, 'headers.X-Key', 'visible ASCII'],
    ['a number', { 'X-Key': 5 }, 'headers.X-Key', 'text'],
    ['without a name', { '': 'x' }, 'headers.', 'name'],
    ['with a blank in its name', { 'X Key': 'x' }, 'headers.X Key', 'name'],
    ['with a colon in its name', { 'X:': 'x' }, 'headers.X:', 'name'],
    ['a name that every object has', { constructor: 'x' }, 'headers.constructor', 'name'],
    ...[
      ...['Host', 'connection', 'Keep-Alive', 'Proxy-Authorization', 'TE', 'trailer', 'Transfer-Encoding'],
      ...['Upgrade', 'HTTP2-Settings', 'Expect', 'Content-Length', 'content-type', 'Content-Encoding'],
      ...['User-Agent', 'Date', 'Accept-Encoding', 'webhook-id', 'Webhook-Signature', 'X-Webhook-Timestamp'],
    ].map((name) => [`${name}, which is not theirs`, { [name]: 'x' }, `headers.${name}`, 'yours'] as const),
  ])(
    'the headers of an endpoint are refused with the rule, without being repeated: %s',
    async (_, headers, field, rule) => {
      const { call, created } = await endpointWith(headers);
      await call('POST', endpoints, fields);

      for (const answer of [created, await call('PATCH', path, { headers })]) {
        expect(answer).toMatchObject({
          status: 400,
          body: { errors: [{ path: field, message: expect.stringContaining(rule) }] },
        });
        expect(JSON.stringify(answer)).not.toMatch(/Müller|X-Other|xxxxx/);
      }
    },
  );

  it('the headers of an endpoint are refused, too, if a change makes too many of them', async () => {
    const { patch } = await endpointWith(
      Object.fromEntries([1, 2, 3].map((n) => [`X-${n}`, 'x'.repeat(4096)])),
    );
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`Y-${n}`, 'x']));

    for (const change of [{ 'X-4': 'x'.repeat(4096) }, many]) {
      expect(await patch(change)).toMatchObject({ status: 400, body: { errors: [{ path: 'headers' }] } });
    }
    expect(await patch({ 'X-4': 'x'.repeat(4096), 'X-1': null })).toMatchObject({ status: 200 });
  });

  it('the headers of an endpoint cannot be overwritten by what the API shows of them', async () => {
    const { created, patch, sent } = await endpointWith({ 'X-Team': 'billing' });

    expect(await patch(Object(created.body).endpoint.headers)).toMatchObject({ status: 400 });
    expect(await sent()).toEqual({ 'X-Team': 'billing' });
  });
});
