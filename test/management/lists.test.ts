import { describe, expect, it } from 'vitest';
import { days, later, seconds, toIsoInstant } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const deliveries = `${endpoints}/ep_1/deliveries`;
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** One endpoint with three deliveries, an hour apart, and how the table was asked. */
async function threeDeliveries() {
  const { world, ports, problems, call } = managementWorld();
  await call('POST', endpoints, fields);
  for (const id of ['a', 'b', 'c']) {
    await world.publish({ id, type: 'x', tenant: 'acme', data: {} });
    await world.recordAnnounced();
    world.advance(seconds(3600));
  }
  const daysAsked = new Set<string>();
  const newest: typeof ports.deliveries.newest = (endpoint, place, bounds, limit) => {
    daysAsked.add(place.day);
    return ports.deliveries.newest(endpoint, place, bounds, limit);
  };
  const list = async (query: Readonly<Record<string, string>>) => {
    daysAsked.clear();
    const changed = { deliveries: { ...ports.deliveries, newest } };
    const { status, body } = await call('GET', deliveries, undefined, { query }, changed);
    const { data = [], nextCursor, errors } = Object(body);
    const events = data.map(({ eventId }: { eventId: string }) => eventId);
    return { status, events, nextCursor, errors, days: daysAsked.size };
  };
  return { world, ports, problems, call, list };
}

describe('a list of deliveries', () => {
  it('a list of deliveries continues after one that no longer exists', async () => {
    const { world, ports, call } = await threeDeliveries();
    const newest = [...world.table.deliveries.values()].at(-1)?.id;
    const readAll: typeof ports.deliveries.readAll = async (ids, onMalformed) =>
      ports.deliveries.readAll(
        ids.filter((id) => id !== newest),
        onMalformed,
      );

    const changed = { deliveries: { ...ports.deliveries, readAll } };
    const { body } = await call('GET', deliveries, undefined, { query: { limit: '1' } }, changed);

    expect(body).toMatchObject({ data: [{ eventId: 'b' }] });
  });

  it('a list of deliveries has those beside a malformed one, which is logged', async () => {
    const { ports, problems, call } = await threeDeliveries();
    const readAll: typeof ports.deliveries.readAll = async (ids, onMalformed) => {
      if (ids.length > 0) onMalformed(new Error('the item of delivery d is malformed'));
      return ports.deliveries.readAll(ids.slice(1), onMalformed);
    };

    const changed = { deliveries: { ...ports.deliveries, readAll } };
    const { status, body } = await call('GET', deliveries, undefined, { query: {} }, changed);

    expect(status).toBe(200);
    expect(body).toMatchObject({ data: [{ eventId: 'b' }, { eventId: 'a' }] });
    expect(problems).toEqual([new Error('the item of delivery d is malformed')]);
  });

  it('a list of deliveries since a future time is empty, and ends', async () => {
    const { list } = await threeDeliveries();
    const empty = { status: 200, events: [], nextCursor: undefined, days: 0 };

    expect(await list({ since: '2030-01-01T00:00:00Z' })).toMatchObject(empty);
    expect(await list({ since: '2030-01-01T00:00:00Z', until: '2031-01-01T00:00:00Z' })).toMatchObject(empty);
  });

  it('a list of deliveries that ends before it begins is refused, with the wrong field', async () => {
    const { list } = await threeDeliveries();

    expect(await list({ since: '2026-11-02T00:00:00Z', until: '2026-11-01T00:00:00Z' })).toMatchObject({
      status: 400,
      errors: [{ path: 'until' }],
    });
  });

  it('a list of deliveries until the end of time goes back from now', async () => {
    const { list } = await threeDeliveries();

    expect(await list({ until: '9999-12-31T23:59:59.999Z' })).toMatchObject({
      status: 200,
      events: ['c', 'b', 'a'],
      nextCursor: undefined,
      // Thirty days, and today.
      days: 31,
    });
  });

  it('a list of deliveries until a time covers the thirty days before it', async () => {
    const { world, list } = await threeDeliveries();
    const { status, events } = await list({ until: '2026-11-23T13:30:00Z' });
    world.advance(days(60));

    expect({ status, events }).toEqual({ status: 200, events: ['b', 'a'] });
    expect((await list({ until: '2026-11-23T13:30:00Z' })).events).toEqual(['b', 'a']);
    expect((await list({})).events).toEqual([]);
  });

  it('a list of deliveries since 1970 goes back no further than the retention', async () => {
    const { list } = await threeDeliveries();

    const answer = await list({ since: '1970-01-01T00:00:00Z' });

    expect(answer).toMatchObject({ status: 200, events: ['c', 'b', 'a'], nextCursor: undefined });
    expect(answer.days).toBeGreaterThan(450);
    expect(answer.days).toBeLessThan(500);
  });

  it('a list of deliveries continues after a cursor that is later than now, or earlier than its beginning', async () => {
    const { world, list } = await threeDeliveries();
    const future = cursorOf({ before: `${String(later(world.now(), days(9999))).padStart(15, '0')}#~` });
    const past = cursorOf({ before: '000000000000001#~' });

    expect((await list({ cursor: future })).events).toEqual(['c', 'b', 'a']);
    expect(await list({ cursor: past, since: toIsoInstant(world.now()) })).toMatchObject({
      status: 200,
      events: [],
      nextCursor: undefined,
    });
  });

  it.each([
    ['since', '9999-12-31T23:59:59-23:59'],
    ['until', '9999-12-31T23:59:59-23:59'],
    ['since', '0000-01-01T00:00:00Z'],
    ['since', '1970-01-01T00:00:00+00:01'],
    ['since', 'yesterday'],
  ])('a list of deliveries with %s=%s is refused', async (name, text) => {
    const { list } = await threeDeliveries();

    expect(await list({ [name]: text })).toMatchObject({ status: 400, errors: [{ path: name }] });
  });
});

describe('a cursor that a list has not given out', () => {
  const long = 'x'.repeat(1025);
  const places = [null, 5, [], {}, { before: 'x' }, { before: '' }, { before: '1#~' }, { before: 5 }];
  const afters = [{ after: '' }, { after: long }, { after: null }, { after: 'a/b' }, { before: 'x' }];

  it.each([
    [deliveries, places],
    [endpoints, afters],
    ['/v1/event-types', afters],
  ])('a cursor that a list has not returned is refused by %s', async (path, ofAnotherShape) => {
    const { call } = managementWorld();

    for (const cursor of ['', 'nonsense', '%%%', ...ofAnotherShape.map(cursorOf)]) {
      expect(await call('GET', path, undefined, { query: { cursor } }), cursor).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'cursor' }] },
      });
    }
  });

  it('a cursor that a list has returned is accepted', async () => {
    const { call } = managementWorld();
    for (const id of ['a', 'b', 'c']) await call('POST', endpoints, { ...fields, id });
    for (const name of ['a.a', 'b.b', 'c.c']) await call('PUT', `/v1/event-types/${name}`, {});
    const pageOf = async (path: string, query: Readonly<Record<string, string>>) =>
      Object((await call('GET', path, undefined, { query })).body);

    for (const path of [endpoints, '/v1/event-types']) {
      const first = await pageOf(path, { limit: '2' });
      const second = await pageOf(path, { limit: '2', cursor: first.nextCursor });

      expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, undefined]);
    }
  });
});
