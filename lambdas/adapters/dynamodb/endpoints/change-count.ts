import * as v from 'valibot';
import type { TenantId } from '../../../domain/ids.ts';
import { Count } from '../../../domain/instant-fields.ts';
import { otherItems } from '../../../domain/tables.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { updateIf } from '../conditional-update.ts';
import { itemParser } from '../parse-item.ts';

const parseChanges = itemParser('count of changes', 'Endpoints', v.object({ changes: Count }));
const keyOf = (tenant: TenantId) => ({ tenant: `${otherItems.changes}${tenant}`, id: 'endpoints' });

/** How often the endpoints of a tenant have changed: one item for each tenant. */
export const changeCount = (client: DynamodbClient, table: string) => ({
  /** Reads with strong consistency. */
  async read(tenant: TenantId): Promise<number> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: keyOf(tenant), ConsistentRead: true }),
    );
    return Item === undefined ? 0 : parseChanges(Item).changes;
  },

  /** Counts a change that is written. */
  async add(tenant: TenantId): Promise<void> {
    const assign = ['#changes = if_not_exists(#changes, :zero) + :one'];
    await updateIf(client, table, { ...keyOf(tenant), assign, values: { zero: 0, one: 1 } });
  },
});
