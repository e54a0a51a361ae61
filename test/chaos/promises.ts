import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { scanAll } from '../../bench/scan.ts';
import type { LocalAws } from '../../local/emulator.ts';
import type { Accepted } from './traffic.ts';
import type { startOutside } from './world.ts';

/** Once faults stop, no more than this passes between the ends of two events. */
const patienceMs = 300_000;

type Outside = Awaited<ReturnType<typeof startOutside>>;

/** Waits for everything to end, and says in words which promise is broken for which event. */
export async function brokenPromises(
  aws: LocalAws,
  accepted: Accepted,
  outside: Outside,
  keepGoing: () => Promise<void>,
): Promise<string[]> {
  let end = Date.now() + patienceMs;
  let open = await unended(aws, accepted);
  while (open.length > 0 && Date.now() < end) {
    await keepGoing();
    await pause(2000);
    const left = await unended(aws, accepted);
    if (left.length < open.length) end = Date.now() + patienceMs;
    open = left;
  }
  const unhandled = accepted.inbound.filter((id) => !outside.handled.has(id));
  const unseen = accepted.outbound.filter((id) => (outside.received.get(id)?.successes ?? 0) === 0);
  const changed = [...outside.received].filter(([, { bodies }]) => bodies.size > 1);
  const unknown = [...outside.received.keys()].filter((id) => !accepted.outbound.includes(id));
  return [
    ...open.map((text) => `not ended in ${patienceMs / 1000} s: ${text}`),
    ...unhandled.map((id) => `inbound ${id}: accepted, and no handler ran to its end`),
    ...unseen.map((id) => `outbound ${id}: no request was answered with success`),
    ...changed.map(([id]) => `outbound ${id}: its attempts sent different bytes`),
    ...unknown.map((id) => `a request for ${id}, which was not published`),
  ];
}

/** What was accepted, and is neither processed nor delivered. */
async function unended(aws: LocalAws, accepted: Accepted): Promise<string[]> {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const records = await scanAll(dynamodb, aws.outputs.tables.inboundEvents);
  const deliveries = await scanAll(dynamodb, aws.outputs.tables.deliveries);
  const ofEvent = new Map(records.map((record) => [String(record['id']), String(record['status'])]));
  const ofDelivery = new Map(deliveries.map((item) => [String(item['eventId']), String(item['status'])]));
  return [
    ...accepted.inbound
      .map((id) => ({ id, status: ofEvent.get(`plain#${id}`) }))
      .filter(({ status }) => status !== 'processed')
      .map(({ id, status }) => `inbound ${id} (${status ?? 'no record'})`),
    ...accepted.outbound
      .map((id) => ({ id, status: ofDelivery.get(id) }))
      .filter(({ status }) => status !== 'delivered')
      .map(({ id, status }) => `outbound ${id} (${status ?? 'no delivery'})`),
  ];
}
