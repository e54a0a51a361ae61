import type { Endpoint } from '../../../domain/endpoint.ts';
import { DeleteCommand, type DynamodbClient, PutCommand } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { unlessRefused } from '../unless-refused.ts';
import { changeEndpointCount } from './gauges.ts';
import { endpointItem, parseEndpoint } from './item.ts';
import { endpointUpdates } from './updates.ts';

/** The Endpoints table, for the people who manage endpoints. */
export function dynamodbEndpointChanges(client: DynamodbClient, table: string) {
  /** Each returns the endpoint after the write, or undefined when it has changed since it was read. */
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      return ok ? parseEndpoint(item) : undefined;
    };

  /** A change succeeds even if it could not be counted, so the gauge may be one off. */
  async function counted(isDone: boolean, by: 1 | -1): Promise<boolean> {
    if (isDone) await changeEndpointCount(client, table, by).catch(() => undefined);
    return isDone;
  }

  return {
    /** @returns false when the id is taken */
    create: async (endpoint: Endpoint): Promise<boolean> => {
      const put = new PutCommand({
        TableName: table,
        Item: endpointItem(endpoint),
        ConditionExpression: 'attribute_not_exists(#id)',
        ExpressionAttributeNames: { '#id': 'id' },
      });
      return counted(await unlessRefused(client.send(put)), 1);
    },

    /** @returns false when it has changed since it was read */
    remove: async ({ tenant, id, version }: Endpoint): Promise<boolean> => {
      const deletion = new DeleteCommand({
        TableName: table,
        Key: { tenant, id },
        ConditionExpression: '#version = :seen',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':seen': version },
      });
      return counted(await unlessRefused(client.send(deletion)), -1);
    },

    enable: writes(endpointUpdates.enable),
    changeSettings: writes(endpointUpdates.settings),
    changeSecrets: writes(endpointUpdates.secrets),
  };
}
