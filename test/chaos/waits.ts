import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../../bench/in-parallel.ts';
import { scanAll } from '../../bench/scan.ts';
import { unlessRefused } from '../../lambdas/adapters/dynamodb/unless-refused.ts';
import { manifestIdFrom } from '../../lambdas/domain/delivery-manifest.ts';
import { otherItems } from '../../lambdas/domain/tables.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import type { LocalAws } from '../../local/emulator.ts';

// Waits of the product that are longer than a run. They are shortened from outside, and the product stays as it is.

/** In seconds: λ consume lets a message wait for five minutes while its table cannot be reached. */
const longestHidden = 10;

/** Shortens what a function asks of SQS in a call of ChangeMessageVisibility; other calls stay as they are. */
export function shortenHiding(operation: string, body: Buffer): Buffer {
  if (operation !== 'sqs.ChangeMessageVisibility') return body;
  const request: { readonly VisibilityTimeout: number } = JSON.parse(body.toString('utf8'));
  if (request.VisibilityTimeout <= longestHidden) return body;
  return Buffer.from(JSON.stringify({ ...request, VisibilityTimeout: longestHidden }));
}

/** In ms: the longest that the sweep leaves a delivery alone whose task may be lost, and a minute for slow calls. */
const longestLeft = 3_660_000;
const width = 8;

/**
 * Makes every delivery due that is in the due index, and every manifest, as if their waits of 2 to 60 minutes for the sweep were
 * over.
 *
 * A delivery that is missing in the index stays missing, and so does one that no manifest names.
 *
 * @returns what waits longer than it may, in words
 */
export async function endSweepWaits(aws: LocalAws): Promise<string[]> {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const TableName = aws.outputs.tables.deliveries;
  const now = Date.now();
  const deliveries = (await scanAll(dynamodb, TableName)).map(({ id, eventId, dueAt, dueShard }) => ({
    id,
    eventId: String(eventId),
    dueAt: dueShard === undefined ? 0 : Number(dueAt ?? 0),
  }));
  const waiting = deliveries.filter(({ dueAt }) => dueAt > now);
  await inParallel(width, waiting, async ({ id, dueAt }) => {
    const update = new UpdateCommand({
      TableName,
      Key: { id },
      UpdateExpression: 'SET dueAt = :now',
      // A worker may have changed it meanwhile; then it is not lost.
      ConditionExpression: 'dueAt = :seen AND attribute_exists(dueShard)',
      ExpressionAttributeValues: { ':now': now, ':seen': dueAt },
    });
    await unlessRefused(dynamodb.send(update));
  });
  await endManifestWaits(dynamodb, aws.outputs.tables.endpoints, now);
  return waiting
    .filter(({ dueAt }) => dueAt > now + longestLeft)
    .map(
      ({ eventId, dueAt }) =>
        `outbound ${eventId}: the sweep looks at it in ${Math.round((dueAt - now) / 60_000)} minutes only`,
    );
}

const longAgo = unixMillis(1);

/** Writes each manifest once more, as if it had been made long ago, since the sweep finds the old ones by their ids. */
async function endManifestWaits(dynamodb: DynamoDBDocumentClient, TableName: string, now: number) {
  const manifests = (await scanAll(dynamodb, TableName)).filter(
    ({ tenant, lookAt }) => String(tenant).startsWith(otherItems.manifest) && Number(lookAt) > now,
  );
  await inParallel(width, manifests, async ({ tenant, id, ...manifest }) => {
    const older = `${manifestIdFrom(longAgo)}#${String(id).split('#')[1]}`;
    const Item = { ...manifest, tenant, id: older, lookAt: now };
    await dynamodb.send(new PutCommand({ TableName, Item }));
    if (older !== id) await dynamodb.send(new DeleteCommand({ TableName, Key: { tenant, id } }));
  });
}
