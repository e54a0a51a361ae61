import { PublishCommand } from '@aws-sdk/client-sns';
import { Webhook } from 'standardwebhooks';
import { type Arrival, startFlakyEndpoint } from './flaky-endpoint.ts';
import type { Item, Stage } from './stage.ts';
import type { Story } from './story.ts';
import { until } from './until.ts';

const endpointId = 'flaky';
const eventId = 'demo-invoice-42';

/** Shows that an event reaches an endpoint that fails twice and then accepts, with each attempt recorded. */
export async function outboundChapter(stage: Stage, story: Story): Promise<void> {
  story.chapter('An app publishes invoice.paid for an endpoint that is down for a moment');
  const key = new Webhook(await stage.secret(stage.outputs.outbound.signingSecretArn));
  const endpoint = await startFlakyEndpoint([503, 503, 200], (arrival) => tell(story, key, arrival));
  try {
    await publish(stage, endpoint.url);
    story.say('published through SNS');
    await delivered(stage, story, endpoint.arrivals);
    const signed = endpoint.arrivals.every((arrival) => verifies(key, arrival));
    story.promise('every request was signed for any Standard Webhooks library', signed, endpoint.arrivals);
  } finally {
    endpoint.stop();
  }
}

async function publish(stage: Stage, url: string): Promise<void> {
  const event = {
    id: eventId,
    type: 'invoice.paid',
    data: { amount: 1200 },
    endpoint: { id: endpointId, url },
  };
  const TopicArn = stage.outputs.outbound.topicArn;
  await stage.topic.send(new PublishCommand({ TopicArn, Message: JSON.stringify(event) }));
}

function tell(story: Story, key: Webhook, arrival: Arrival): void {
  const verdict = verifies(key, arrival) ? 'its signature verifies' : 'its signature does NOT verify';
  story.say(`the endpoint gets a request, ${verdict}, and it answers ${arrival.answered}`);
}

/** Verifies with the library that receivers use. */
function verifies(key: Webhook, { body, headers }: Arrival): boolean {
  try {
    key.verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
}

async function delivered(stage: Stage, story: Story, arrivals: readonly Arrival[]): Promise<void> {
  const record = await until('the delivery to be recorded as delivered', async () => {
    const items = await stage.items(stage.outputs.tables.deliveries);
    return items.find((item) => item['eventId'] === eventId && item['status'] === 'delivered');
  });
  story.promise(
    `recorded as delivered after ${record['attempts']} attempts`,
    record['attempts'] === 3,
    record,
  );
  const log = attemptLog(record);
  const statuses = log.map((attempt) => attempt['status']);
  story.promise(
    `with the log of each: ${log.map(described).join(', ')}`,
    String(statuses) === '503,503,200',
    log,
  );
  const ids = new Set(arrivals.map((arrival) => arrival.headers['webhook-id']));
  story.promise(`each request had the same webhook-id, ${eventId}`, String([...ids]) === eventId, [...ids]);
  promiseGaps(story, arrivals);
}

/** The default schedule is 1 s and 5 s, plus or minus a fifth; the rest is the time of queue and function. */
function promiseGaps(story: Story, [first, second, third]: readonly Arrival[]): void {
  const gaps = [gap(first, second), gap(second, third)];
  const holds = (gaps[0] ?? 0) >= 0.8 && (gaps[1] ?? 0) >= 4 && (gaps[1] ?? Number.POSITIVE_INFINITY) < 15;
  story.promise(
    `the retries came after ${gaps.map((seconds) => `${seconds.toFixed(1)} s`).join(' and ')}`,
    holds,
    gaps,
  );
}

const gap = (from: Arrival | undefined, to: Arrival | undefined): number =>
  ((to?.at ?? 0) - (from?.at ?? 0)) / 1000;

const attemptLog = (record: Item): readonly Item[] =>
  Array.isArray(record['attemptLog']) ? record['attemptLog'] : [];

const described = (attempt: Item): string => `${attempt['n']}. ${attempt['status']} in ${attempt['ms']} ms`;
