import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbInboundEvents } from '../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { payloadStore } from '../../lambdas/adapters/s3/payload-store.ts';
import { type UnixMillis, unixMillis, utcDay } from '../../lambdas/domain/time.ts';
import { type KeptPage, keptEvents, readKept } from '../../lambdas/inbound/replay.ts';
import { dynamoClient } from '../stack/aws-clients.ts';
import { type Deployment, inboundOf } from '../stack/deployment.ts';

const dayMs = 86_400_000;

/**
 * Reads the messages of the events of a source that were kept since an instant, the oldest first: those that failed, or had
 * no handler. A processed event keeps no body.
 *
 * Reads the index of kept events from that instant on, never the table.
 */
export async function* missedMessages(
  source: string,
  since: UnixMillis,
  now: UnixMillis,
  deployment: Deployment,
): AsyncGenerator<string> {
  const { inboundEventsTable } = inboundOf(deployment);
  const inboundEvents = dynamodbInboundEvents(dynamoClient(patientCalls), inboundEventsTable);
  const { get } = payloadStore(s3Client(patientCalls), deployment.payloadBucket);
  for (const day of daysBetween(since, now))
    for await (const record of keptSince({ source, day }, since, { inboundEvents })) {
      const { keptMessage, keptBody } = record;
      const text = (keptMessage ?? keptBody) === undefined ? undefined : await readKept(record, get);
      if (text !== undefined) yield text;
    }
}

/** The kept events of a day, from an instant on. */
async function* keptSince(
  list: { readonly source: string; readonly day: string },
  since: UnixMillis,
  ports: Parameters<typeof keptEvents>[2],
): AsyncGenerator<KeptPage['records'][number]> {
  let after: KeptPage['next'] = { keptAt: since, id: '' };
  do {
    const page: KeptPage = await keptEvents(list, { limit: 100, after }, ports);
    yield* page.records;
    after = page.next;
  } while (after !== undefined);
}

/** The days in UTC from one instant to another. */
function daysBetween(since: UnixMillis, now: UnixMillis): readonly string[] {
  const days: string[] = [];
  for (let at = since - (since % dayMs); at <= now; at += dayMs) days.push(utcDay(unixMillis(at)));
  return days;
}
