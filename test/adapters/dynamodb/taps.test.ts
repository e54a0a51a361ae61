import { expect, it } from 'vitest';
import { dynamodbTaps } from '../../../lambdas/adapters/dynamodb/inbound-events/taps.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';

const now = unixMillis(1_795_000_000_000);
const mine = { queueName: 'mine', until: later(now, seconds(120)) };
const other = { queueName: 'other', until: later(now, seconds(240)) };
const taps = () => dynamodbTaps(dynamodbInMemory().client(), 'InboundEvents');

it('the tap of a source is read as it was opened, and those of other sources are not', async () => {
  const table = taps();

  expect(await table.open('stripe', mine, now)).toBe(true);

  expect(await table.read('stripe')).toEqual(mine);
  expect(await table.read('github')).toBeUndefined();
});

it('a tap that another listener has open is not taken from it until it has ended', async () => {
  const table = taps();
  await table.open('stripe', mine, now);

  expect(await table.open('stripe', other, unixMillis(mine.until - 1))).toBe(false);
  expect(await table.read('stripe')).toEqual(mine);
  expect(await table.open('stripe', other, mine.until)).toBe(true);
  expect(await table.read('stripe')).toEqual(other);
});

it('a listener keeps its own tap open', async () => {
  const table = taps();
  await table.open('stripe', mine, now);
  const longer = { ...mine, until: later(now, seconds(180)) };

  expect(await table.open('stripe', longer, now)).toBe(true);
  expect(await table.read('stripe')).toEqual(longer);
});

it('a listener closes its own tap, and not that of another', async () => {
  const table = taps();
  await table.open('stripe', mine, now);

  expect(await table.close('stripe', 'other')).toBe(false);
  expect(await table.read('stripe')).toEqual(mine);
  expect(await table.close('stripe', 'mine')).toBe(true);
  expect(await table.read('stripe')).toBeUndefined();
});
