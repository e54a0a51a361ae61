import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Endpoint } from '../../domain/endpoint.ts';
import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { endpointItem, parseEndpoint } from './endpoint-item.ts';
import { endpointUpdates } from './endpoint-updates.ts';
import { unlessRefused } from './unless-refused.ts';

/** The Endpoints table, as the people see it who manage endpoints. */
export function dynamodbEndpointChanges(client: DynamoDBDocumentClient, table: string) {
  /** Each returns the endpoint as it stands after it, or undefined when it has changed since it was seen. */
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      return ok ? parseEndpoint(item) : undefined;
    };

  return {
    /** @returns false when there is one of that id */
    create: (endpoint: Endpoint): Promise<boolean> =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: endpointItem(endpoint),
            ConditionExpression: 'attribute_not_exists(#id)',
            ExpressionAttributeNames: { '#id': 'id' },
          }),
        ),
      ),

    /** @returns false when it has changed since it was seen */
    remove: ({ tenant, id, version }: Endpoint): Promise<boolean> =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { tenant, id },
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }),
        ),
      ),

    enable: writes(endpointUpdates.enable),
    changeSettings: writes(endpointUpdates.settings),
    changeSecrets: writes(endpointUpdates.secrets),
  };
}
