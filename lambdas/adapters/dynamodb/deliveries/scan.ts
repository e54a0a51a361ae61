import type { Delivery } from '../../../domain/delivery-record.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, ScanCommand } from '../commands.ts';
import { parseDelivery } from './item.ts';

/** Which deliveries a scan returns; an undefined field does not filter. */
export interface ScanFilter {
  readonly status?: string;
  /** Created at this time or later. */
  readonly since?: UnixMillis;
}

/** Reads the whole Deliveries table, for the command line without an endpoint: no index serves that. */
export async function scanDeliveries(
  client: DynamodbClient,
  TableName: string,
  filter: ScanFilter,
): Promise<Delivery[]> {
  const expression = filterExpression(filter);
  const found: Delivery[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ...expression, ExclusiveStartKey }));
    found.push(...(page.Items ?? []).map(parseDelivery));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

function filterExpression({ status, since }: ScanFilter) {
  const tests = [
    ...(status === undefined ? [] : [['status', '=', status] as const]),
    ...(since === undefined ? [] : [['createdAt', '>=', since] as const]),
  ];
  if (tests.length === 0) return {};
  return {
    FilterExpression: tests.map(([name, is]) => `#${name} ${is} :${name}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(tests.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(tests.map(([name, , value]) => [`:${name}`, value])),
  };
}
