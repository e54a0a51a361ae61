import { expect, it } from 'vitest';
import {
  type DynamodbClient,
  QueryCommand,
  UpdateCommand,
} from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbTallies } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { talliesAtOnce } from '../../../lambdas/domain/failure-tally.ts';
import { asDeliveryId, asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { attentionIndex } from '../../../lambdas/domain/tables.ts';
import { days, later, seconds, toUnixSeconds, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const ofEndpoint = { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1') };
const last = {
  ...ofEndpoint,
  deliveryId: asDeliveryId('d1'),
  round: 1,
  eventId: asEventId('e1'),
  eventType: 'invoice.paid',
  attempts: 6,
  reason: 'exhausted',
};

/** A client that keeps what it was sent. */
function sentBy() {
  const updates: UpdateCommand['input'][] = [];
  const queries: QueryCommand['input'][] = [];
  const client = {
    async send(command: unknown) {
      if (command instanceof UpdateCommand) updates.push(command.input);
      if (command instanceof QueryCommand) queries.push(command.input);
      return { Items: [] };
    },
  };
  return { updates, queries, tallies: dynamodbTallies(client as unknown as DynamodbClient, 'T') };
}

it('a tally with failures to report never expires, and one without them expires a day after its pause', async () => {
  const { tallies, updates } = sentBy();
  const next = later(now, seconds(3_600));

  await tallies.add(last, now);
  await tallies.notified(
    { name: endpointHash(ofEndpoint), count: 1, since: now, notifyAt: now, last },
    next,
    now,
  );

  const [added, emptied] = updates;
  expect(added?.UpdateExpression).toMatch(/REMOVE.*#expiresAt/);
  expect(emptied?.ExpressionAttributeValues).toMatchObject({
    ':set_expiresAt': toUnixSeconds(later(next, days(1))),
  });
  expect(emptied?.UpdateExpression).toMatch(/REMOVE.*#attention\b/);
});

it('a page of due tallies has as many of each partition as a sweep notifies', async () => {
  const { tallies, queries } = sentBy();

  await tallies.due(now);

  expect(queries.map(({ Limit }) => Limit)).toEqual(Array(attentionIndex.shards).fill(talliesAtOnce));
});
