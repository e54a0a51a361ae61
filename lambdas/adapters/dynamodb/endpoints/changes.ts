import type { Endpoint } from '../../../domain/endpoint.ts';
import type { TenantId } from '../../../domain/ids.ts';
import { DeleteCommand, type DynamodbClient, PutCommand } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { unlessRefused } from '../unless-refused.ts';
import { changeCount } from './change-count.ts';
import { changeEndpointCount } from './gauges.ts';
import { endpointItem, parseEndpoint } from './item.ts';
import { endpointUpdates } from './updates.ts';

/** The Endpoints table, for the people who manage endpoints. */
export function dynamodbEndpointChanges(client: DynamodbClient, table: string) {
  const changes = changeCount(client, table);
  /** Each returns the endpoint after the write, or undefined when it has changed since it was read. */
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      return ok ? parseEndpoint(item) : undefined;
    };

  /** Writes, and counts a change of the tenant's endpoints. */
  const changing =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const changed = await writes(updateFor)(...args);
      if (changed !== undefined) await changes.add(changed.tenant);
      return changed;
    };

  /** A change succeeds even if the endpoints could not be counted, so the gauge may be one off. */
  async function counted(isDone: boolean, tenant: TenantId, by: 1 | -1): Promise<boolean> {
    if (!isDone) return false;
    await changes.add(tenant);
    await changeEndpointCount(client, table, by).catch(() => undefined);
    return true;
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
      return counted(await unlessRefused(client.send(put)), endpoint.tenant, 1);
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
      return counted(await unlessRefused(client.send(deletion)), tenant, -1);
    },

    enable: changing(endpointUpdates.enable),
    changeSettings: changing(endpointUpdates.settings),
    changeSecrets: writes(endpointUpdates.secrets),
  };
}
