import { expect, test } from 'vitest';
import {
  BatchExecuteStatementCommand,
  type DynamodbClient,
} from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { gatherWrites } from '../../../lambdas/adapters/dynamodb/gathered-writes.ts';
import { later, millis, seconds } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { newDelivery, now, until } from './deliveries-fixture.ts';

const storeOn = (client: DynamodbClient) => dynamodbDeliveries(client, tableNames.deliveries);

test('a claim whose answer is lost, so that the client makes it twice, is a claim', async () => {
  const db = dynamodbInMemory();
  const delivery = newDelivery();
  await storeOn(db.client()).create(delivery);
  const table = storeOn(db.client({ isRepeated: ({ action }) => action === 'UpdateItem' }));

  const claim = await table.claim(delivery.id, 1, until);

  expect(claim).toMatchObject({ ok: true, delivery: { claims: 1, leaseUntil: until.lease } });
});

test('a claim of a suspect whose answer is lost is a claim', async () => {
  const db = dynamodbInMemory();
  const { id } = newDelivery();
  const seen = { ...newDelivery(), id, claims: 1, leaseUntil: now };
  await storeOn(db.client()).create(seen);
  const table = storeOn(db.client({ isRepeated: ({ action }) => action === 'UpdateItem' }));

  expect(await table.claimSuspect(seen, 1, now, until.lease)).toMatchObject({
    ok: true,
    delivery: { claims: 2, crashes: 1 },
  });
});

test('the claims of a batch whose answer is lost are claims, each once', async () => {
  const db = dynamodbInMemory();
  const deliveries = Array.from({ length: 10 }, newDelivery);
  await Promise.all(deliveries.map((delivery) => storeOn(db.client()).create(delivery)));
  const plain: object = db.client();
  const client: DynamodbClient = Object.create(plain);
  const send = async (command: unknown) => {
    const answer = await Reflect.get(plain, 'send').call(plain, command);
    if (command instanceof BatchExecuteStatementCommand) throw new Error('the answer is lost');
    return answer;
  };
  const table = storeOn(gatherWrites(Object.assign(client, { send })));

  const claims = await Promise.all(deliveries.map(({ id }) => table.claim(id, 1, until)));

  expect(claims.map(({ ok, delivery }) => [ok, delivery?.claims])).toEqual(deliveries.map(() => [true, 1]));
});

test('two claims of one delivery by one process are one claim and one refusal', async () => {
  const table = storeOn(dynamodbInMemory().client());
  const delivery = newDelivery();
  await table.create(delivery);

  expect(await table.claim(delivery.id, 1, until)).toMatchObject({ ok: true });
  expect(await table.claim(delivery.id, 1, until)).toMatchObject({ ok: false, delivery: { claims: 1 } });
});

const untilLater = {
  now,
  until: later(now, seconds(60)),
  dueAt: later(now, seconds(180)),
  extend: millis(60_000),
  waitsSince: now,
  isForEndpoint: false,
};

test('a deferral whose answer is lost, so that the client makes it twice, is a deferral, and extends the deadline once', async () => {
  const db = dynamodbInMemory();
  const delivery = newDelivery();
  await storeOn(db.client()).create(delivery);
  const table = storeOn(db.client({ isRepeated: ({ action }) => action === 'UpdateItem' }));

  expect(await table.defer(delivery.id, 1, untilLater)).toMatchObject({
    ok: true,
    delivery: { nextAttemptAt: untilLater.until, deadline: delivery.deadline + 60_000 },
  });
});

test('two deferrals of one delivery until the same time are one deferral and one refusal', async () => {
  const table = storeOn(dynamodbInMemory().client());
  const delivery = newDelivery();
  await table.create(delivery);

  expect(await table.defer(delivery.id, 1, untilLater)).toMatchObject({ ok: true });
  expect(await table.defer(delivery.id, 1, untilLater)).toMatchObject({ ok: false });
});
