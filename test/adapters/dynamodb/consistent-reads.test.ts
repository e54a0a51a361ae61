import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbEventTypes } from '../../../lambdas/adapters/dynamodb/event-types.ts';
import { dynamodbTallies } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { dynamodbInboundEvents } from '../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { dynamodbOutboundEvents } from '../../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../../lambdas/adapters/dynamodb/recoveries.ts';
import { asDeliveryId, asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';

/** Whether a read sees every write that was answered before it. */
function isConsistent(command: unknown): boolean | undefined {
  if (command instanceof GetCommand || command instanceof QueryCommand) return command.input.ConsistentRead;
  if (!(command instanceof BatchGetCommand)) throw new Error('not a read');
  return Object.values(command.input.RequestItems ?? {}).every(({ ConsistentRead }) => ConsistentRead);
}

/** A client without items that notes of each read whether it is consistent. */
function readingClient() {
  const reads: (boolean | undefined)[] = [];
  const client = {
    async send(command: unknown) {
      reads.push(isConsistent(command));
      return {};
    },
  };
  return { client: client as unknown as DynamoDBDocumentClient, reads };
}

type Read = (client: DynamoDBDocumentClient) => Promise<unknown>;

// A worker that holds a delivery, or fans out an event, looks again at what may have changed since: an old answer would
// hide the change. No emulator gives old answers, so the commands are looked at.
it.each([
  ['an endpoint', (client) => dynamodbEndpoints(client, 't').read(asTenantId('acme'), asEndpointId('ep_1'))],
  ['a page of endpoints', (client) => dynamodbEndpoints(client, 't').page(asTenantId('acme'), {}, 10)],
  [
    'a range of endpoints',
    (client) =>
      dynamodbEndpoints(client, 't').page(
        asTenantId('acme'),
        { after: asEndpointId('a'), upTo: asEndpointId('b') },
        10,
      ),
  ],
  ['a delivery', (client) => dynamodbDeliveries(client, 't').read(asDeliveryId('d'))],
  ['many deliveries', (client) => dynamodbDeliveries(client, 't').readAll(['d', 'e'].map(asDeliveryId))],
  ['an outbound event', (client) => dynamodbOutboundEvents(client, 't').read('acme#e')],
  ['the record of an inbound event', (client) => dynamodbInboundEvents(client, 't').readRecord('stripe#e')],
  [
    'an endpoint with its limiter',
    (client) => dynamodbEndpoints(client, 't').readWithLimiter(asTenantId('acme'), asEndpointId('a')),
  ],
  ['a limiter', (client) => dynamodbLimiter(client, 't').read('key')],
  ['an event type', (client) => dynamodbEventTypes(client, 't').read('invoice.paid')],
  ['a tally', (client) => dynamodbTallies(client, 't').read('acme/ep_1')],
  ['a recovery', (client) => dynamodbRecoveries(client, 't').read('r')],
] satisfies [string, Read][])('a read of %s sees every write before it', async (_what, read) => {
  const { client, reads } = readingClient();

  await read(client);

  expect(reads).toEqual([true]);
});
