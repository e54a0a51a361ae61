import { expect, it } from 'vitest';
import { dynamodbListeners } from '../../../lambdas/adapters/dynamodb/inbound-events/listeners.ts';
import { maxTaps, type Tap } from '../../../lambdas/domain/tap.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';

const now = unixMillis(1_795_000_000_000);
const later = (ms: number) => unixMillis(now + ms);
const tap = (queueName: string, until = later(120_000)): Tap => ({ queueName, until });

function table() {
  const db = dynamodbInMemory();
  return { db, taps: dynamodbListeners(db.client(), tableNames.inboundEvents) };
}
const itemsOf = ({ db }: ReturnType<typeof table>) => db.tableOf(tableNames.inboundEvents).items.size;

it('several listeners of a source each have a tap, which they renew', async () => {
  const { taps } = table();

  expect(await taps.open('stripe', tap('a'), now)).toBe(true);
  expect(await taps.open('stripe', tap('b'), now)).toBe(true);
  expect(await taps.open('stripe', tap('a', later(200_000)), now)).toBe(true);

  expect(await taps.read('stripe')).toEqual([tap('a', later(200_000)), tap('b')]);
  expect(await taps.read('github')).toEqual([]);
});

it('a source has eight listeners; the place of one whose tap has ended is free', async () => {
  const { taps } = table();
  for (let nth = 0; nth < maxTaps; nth++) expect(await taps.open('stripe', tap(`q${nth}`), now)).toBe(true);

  expect(await taps.open('stripe', tap('late'), now)).toBe(false);
  expect(await taps.open('stripe', tap('q3', later(240_000)), now)).toBe(true);
  expect(await taps.open('stripe', tap('late', later(300_000)), later(120_000))).toBe(true);

  const names = (await taps.read('stripe')).map(({ queueName }) => queueName);
  expect(names).toEqual(['late', 'q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7']);
});

it('two listeners that begin at once both get a place', async () => {
  const { taps } = table();

  const opened = await Promise.all(['a', 'b', 'c'].map((name) => taps.open('stripe', tap(name), now)));

  expect(opened).toEqual([true, true, true]);
  expect(await taps.read('stripe')).toHaveLength(3);
});

it('a listener that closes its tap leaves the others', async () => {
  const { taps } = table();
  await taps.open('stripe', tap('a'), now);
  await taps.open('stripe', tap('b'), now);

  expect(await taps.close('stripe', 'a', now)).toBe(true);

  expect(await taps.read('stripe')).toEqual([tap('b')]);
  expect(await taps.close('stripe', 'a', now)).toBe(false);
});

it('the last listener removes the item, beside taps that have ended', async () => {
  const world = table();
  await world.taps.open('stripe', tap('ended', later(1_000)), now);
  await world.taps.open('stripe', tap('last'), now);

  expect(await world.taps.close('stripe', 'last', later(1_000))).toBe(true);

  expect(itemsOf(world)).toBe(0);
  expect(await world.taps.close('github', 'last', now)).toBe(false);
});
