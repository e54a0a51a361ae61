import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { scanAll } from '../../bench/scan.ts';
import type { LocalAws } from '../../local/emulator.ts';
import type { Accepted } from './traffic.ts';
import type { Outside } from './world.ts';

/** Once faults stop, no more than this passes between the ends of two events. */
const patienceMs = 180_000;
/** Most tasks that seem lost are on their way. What is sent twice costs time. */
const endWaitsEveryMs = 8_000;

/** Waits for everything to end, and says in words which promise is broken for which event. */
export async function brokenPromises(
  aws: LocalAws,
  accepted: Accepted,
  outside: Outside,
  endWaits: () => Promise<void>,
): Promise<string[]> {
  const open = await afterTheEnd(aws, accepted, endWaits);
  const unhandled = accepted.inbound.filter((id) => !outside.handled.has(id));
  const unseen = accepted.outbound.filter((id) => (outside.received.get(id)?.successes ?? 0) === 0);
  const changed = [...outside.received].filter(([, { bodies }]) => bodies.size > 1);
  const unknown = [...outside.received.keys()].filter((id) => !accepted.outbound.includes(id));
  const forged = [...outside.handled.keys()].filter((id) => id.startsWith('forged'));
  return [
    ...open.map((text) => `not ended in ${patienceMs / 1000} s: ${text}`),
    ...unhandled.map((id) => `inbound ${id}: accepted, and no handler ran to its end`),
    ...unseen.map((id) => `outbound ${id}: no request was answered with success`),
    ...changed.map(([id]) => `outbound ${id}: its attempts sent different bytes`),
    ...unknown.map((id) => `a request for ${id}, which was not published`),
    ...accepted.forged.map((id) => `inbound ${id}: answered with 200, although its signature is wrong`),
    ...forged.map((id) => `inbound ${id}: handled, although its signature is wrong`),
    ...(await deadLetters(aws)),
  ];
}

/** Waits until everything has ended. @returns what has not, although its time is over */
async function afterTheEnd(
  aws: LocalAws,
  accepted: Accepted,
  endWaits: () => Promise<void>,
): Promise<string[]> {
  let end = Date.now() + patienceMs;
  let endWaitsAt = Date.now() + endWaitsEveryMs;
  let open = await unended(aws, accepted);
  while (open.length > 0 && Date.now() < end) {
    if (Date.now() > endWaitsAt) {
      await endWaits();
      endWaitsAt = Date.now() + endWaitsEveryMs;
    }
    await pause(1000);
    const left = await unended(aws, accepted);
    if (left.length < open.length) end = Date.now() + patienceMs;
    open = left;
  }
  return open;
}

/** What was accepted, and is neither processed nor delivered, or has two deliveries. */
async function unended(aws: LocalAws, accepted: Accepted): Promise<string[]> {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const records = await scanAll(dynamodb, aws.outputs.tables.inboundEvents);
  const deliveries = await scanAll(dynamodb, aws.outputs.tables.deliveries);
  const ofEvent = new Map(records.map((record) => [String(record['id']), String(record['status'])]));
  const ofDeliveries = Map.groupBy(deliveries, (item) => String(item['eventId']));
  const statuses = (id: string) =>
    (ofDeliveries.get(id) ?? []).map((item) => String(item['status'])).join(' and ');
  return [
    ...accepted.inbound
      .map((id) => ({ id, status: ofEvent.get(`plain#${id}`) }))
      .filter(({ status }) => status !== 'processed')
      .map(({ id, status }) => `inbound ${id} (${status ?? 'no record'})`),
    ...accepted.outbound
      .map((id) => ({ id, status: statuses(id) }))
      .filter(({ status }) => status !== 'delivered')
      .map(({ id, status }) => `outbound ${id} (${status || 'no delivery'})`),
  ];
}

/** Every event can succeed, so none belongs into a DLQ. */
async function deadLetters({ outputs, clientConfig }: LocalAws): Promise<string[]> {
  const sqs = new SQSClient(clientConfig);
  const { inbound, ...others } = outputs.dlqs;
  const counts = Object.entries({ ...others, ...inbound }).map(async ([name, QueueUrl]) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return { name, count: Number(Attributes?.['ApproximateNumberOfMessages']) };
  });
  return (await Promise.all(counts))
    .filter(({ count }) => count !== 0)
    .map(({ name, count }) => `${count} dead letters of ${name}`);
}
