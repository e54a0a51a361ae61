import { expect, it } from 'vitest';
import type { EventRecord } from '../../lambdas/domain/idempotency.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

/** Seven kept events of a source and day, two and two of one instant; each second one was ignored. */
function sevenKept() {
  const { ports, call } = managementWorld();
  const places = Array.from({ length: 7 }, (_, n) => ({
    id: `stripe#evt_${n}`,
    keptAt: unixMillis(Math.floor(n / 2)),
  }));
  const readRecord = async (id: string): Promise<EventRecord> => ({
    id,
    status: Number(id.at(-1)) % 2 ? 'ignored' : 'failed',
    owner: 'x',
    attempts: 1,
    eventType: 't',
    receivedAt: unixMillis(0),
  });
  const listKept: typeof ports.inboundEvents.listKept = async (_day, limit, after) => {
    const from = places.findIndex(({ id }) => id === after?.id) + 1;
    const page = places.slice(from, from + limit);
    return {
      ids: page.map(({ id }) => id),
      next: places.length > from + limit ? page.at(-1) : undefined,
    };
  };
  const inboundEvents = { ...ports.inboundEvents, listKept, readRecord };
  const changed = { sources: ['stripe'], inboundEvents };
  return (query: Readonly<Record<string, string>>) =>
    call('GET', '/v1/sources/stripe/events', undefined, { query }, changed);
}

it('received events are listed page by page, also by status', async () => {
  const list = sevenKept();
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: '3', status: 'failed', ...(cursor !== undefined && { cursor }) };
    const { data, nextCursor } = Object((await list(query)).body);
    found.push(...data.map(({ id }: { id: string }) => id));
    cursor = nextCursor;
  } while (cursor !== undefined);

  expect(found).toEqual(['evt_0', 'evt_2', 'evt_4', 'evt_6']);
});

it('pages of received events stay on the day that they began with', async () => {
  const days: string[] = [];
  const { world, ports, call } = managementWorld();
  const listKept: typeof ports.inboundEvents.listKept = async ({ keptDay }) => {
    days.push(keptDay);
    return { ids: [], next: { id: 'stripe#evt_1', keptAt: unixMillis(1) } };
  };
  const changed = { sources: ['stripe'], inboundEvents: { ...ports.inboundEvents, listKept } };
  const list = (query: Readonly<Record<string, string>>) =>
    call('GET', '/v1/sources/stripe/events', undefined, { query }, changed);

  const first = await list({});
  world.advance(seconds(86_400));
  await list({ cursor: Object(first.body).nextCursor });

  expect(days).toEqual(['stripe#2026-11-23', 'stripe#2026-11-23']);
});

it.each([
  { id: 'x' },
  { id: 'x', keptAt: 1.5 },
  { id: '', keptAt: 1 },
  { id: '😀'.repeat(600), keptAt: 1 },
  'x',
])('a cursor that no list has returned is refused: %o', async (after) => {
  const place = { day: '2026-11-25', after };
  const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');

  expect(await sevenKept()({ cursor })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'cursor' }] },
  });
});
