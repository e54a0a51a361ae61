import * as v from 'valibot';
import { DeliveryIdText, EndpointIdText, TenantIdText } from '../../../domain/ids.ts';
import { stoppedPartition } from '../../../domain/stopped-deliveries.ts';
import { type DynamodbClient, ScanCommand } from '../commands.ts';
import { updateIf } from '../conditional-update.ts';
import { itemParser } from '../parse-item.ts';

const Unlisted = v.object({
  id: DeliveryIdText,
  tenant: TenantIdText,
  endpointId: EndpointIdText,
  status: v.picklist(['failed', 'discarded']),
});
const parseUnlisted = itemParser('delivery', 'Deliveries', Unlisted);

/** How many are written at the same time. */
const atOnce = 25;

/**
 * Puts the failed and discarded deliveries of version 0.1.0 into the index of stopped deliveries. Reads the whole table. May run
 * at any time, and again.
 *
 * @param listed is called with the number so far
 * @returns how many were put into it
 */
export async function listStoppedAgain(
  client: DynamodbClient,
  table: string,
  listed: (count: number) => void,
): Promise<number> {
  let count = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(unlisted(table, from));
    const found = (page.Items ?? []).map(parseUnlisted);
    for (let first = 0; first < found.length; first += atOnce) {
      const some = found.slice(first, first + atOnce);
      const done = await Promise.all(some.map((delivery) => listOne(client, table, delivery)));
      count += done.filter((isListed) => isListed).length;
      listed(count);
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}

const unlisted = (TableName: string, ExclusiveStartKey: Record<string, unknown> | undefined) =>
  new ScanCommand({
    TableName,
    FilterExpression: '#status IN (:failed, :discarded) AND attribute_not_exists(#heldBy)',
    ExpressionAttributeNames: { '#status': 'status', '#heldBy': 'heldBy' },
    ExpressionAttributeValues: { ':failed': 'failed', ':discarded': 'discarded' },
    ExclusiveStartKey,
  });

/** Not one that was replayed, or deleted, since it was read. */
async function listOne(
  client: DynamodbClient,
  table: string,
  { status, ...delivery }: v.InferOutput<typeof Unlisted>,
): Promise<boolean> {
  const { ok } = await updateIf(client, table, {
    id: delivery.id,
    set: { heldBy: stoppedPartition(delivery, status) },
    condition: '#status = :seen',
    values: { seen: status },
  });
  return ok;
}
