import { parseEventItem } from '../../../lambdas/adapters/dynamodb/inbound-events/item.ts';
import { dynamodbInboundEvents } from '../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import type { EventRecord } from '../../../lambdas/domain/idempotency.ts';
import { type ClientHooks, dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { shapes } from '../../../testing/memory/dynamodb/table-shape.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import { type ItemsView, itemsView } from '../items-view.ts';

/** A record with the day under which it is kept. */
interface StoredRecord extends EventRecord {
  readonly keptDay?: string;
}

/** The InboundEvents table: the real adapters on DynamoDB in memory, and its records as tests read and change them. */
export function inboundTable(hooks: ClientHooks = {}) {
  const db = dynamodbInMemory({ tables: { [tableNames.inboundEvents]: shapes.inboundEvents } });
  const client = db.client(hooks);
  const records: ItemsView<StoredRecord> = itemsView<StoredRecord>(db.tableOf(tableNames.inboundEvents), {
    parse: recordIn,
    // Beside its record an item has what only the table needs.
    itemOf: (record, was) => ({ ...was, ...record }),
  });
  return {
    ...dynamodbInboundEvents(client, tableNames.inboundEvents),
    records,
    onWrite: db.onWrite,
  };
}

/** Undefined for a tap or a once-only token. */
function recordIn(item: Item): StoredRecord | undefined {
  const { id, keptDay } = item;
  if (!String(id).includes('#')) return undefined;
  return { ...parseEventItem(item), ...(typeof keptDay === 'string' && { keptDay }) };
}

export type InboundTable = ReturnType<typeof inboundTable>;
