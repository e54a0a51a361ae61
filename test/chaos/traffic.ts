import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { inParallel } from '../../bench/in-parallel.ts';
import type { LocalAws } from '../../local/emulator.ts';

/** A provider tries again like this before it gives up on an event. */
const tries = 8;
const width = 8;
const largeBytes = 10_000;

export interface TrafficSettings {
  /** Events into each flow. */
  readonly events: number;
  /** The time that they are spread over. */
  readonly spreadMs: number;
  readonly outsideUrl: string;
}

/** Ids of the events that the stack accepted: from here on it has to end each of them. */
export interface Accepted {
  readonly inbound: readonly string[];
  readonly outbound: readonly string[];
  /** Forged requests that were answered with 200, against the promise. */
  readonly forged: readonly string[];
}

/** Sends so many events into both flows, some of them twice and some with a large body, and forged ones between them. */
export async function sendTraffic(
  aws: LocalAws,
  { events, spreadMs, outsideUrl }: TrafficSettings,
): Promise<Accepted> {
  const post = await provider(aws);
  const publish = application(aws, outsideUrl);
  const begun = Date.now();
  const numbers = Array.from({ length: events }, (_, number) => number);
  const accepted = await inParallel(width, numbers, async (number) => {
    await pause(Math.max(0, begun + (spreadMs * number) / events - Date.now()));
    const id = `chaos-${number}`;
    const text = 'x'.repeat(number % 20 === 0 ? largeBytes : 200);
    const isIn = await untilAccepted(() => post(id, text));
    if (number % 10 === 0) await post(id, text).catch(() => false);
    await publish(id, text);
    if (number % 10 === 5) await publish(id, text);
    const isForgedIn =
      number % 10 === 7 && (await post(`forged-${number}`, text, 'forged').catch(() => false));
    return { id, number, isIn, isForgedIn };
  });
  return {
    inbound: accepted.filter(({ isIn }) => isIn).map(({ id }) => id),
    outbound: accepted.map(({ id }) => id),
    forged: accepted.filter(({ isForgedIn }) => isForgedIn).map(({ number }) => `forged-${number}`),
  };
}
async function untilAccepted(send: () => Promise<boolean>): Promise<boolean> {
  for (let nth = 0; nth < tries; nth++) {
    if (await send().catch(() => false)) return true;
    await pause(200 * 2 ** nth);
  }
  return false;
}

/** A provider that posts events with a valid signature, or with that of another secret. */
export async function provider(aws: LocalAws) {
  const source = aws.outputs.inbound.sources['plain'];
  const secrets = new SecretsManagerClient(aws.clientConfig);
  const { SecretString = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: source?.secretArn }),
  );
  return async (id: string, text: string, secret = SecretString): Promise<boolean> => {
    const body = JSON.stringify({ id, text });
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const response = await fetch(source?.url ?? '', {
      method: 'POST',
      headers: {
        'x-signature': signature,
        'x-id': id,
        'x-type': 'chaos.sent',
        'content-type': 'application/json',
      },
      body,
    });
    return response.status === 200;
  };
}

/** Publishes through the topic, which is not behind the proxy: what it takes is published. */
function application(aws: LocalAws, outsideUrl: string) {
  const sns = new SNSClient(aws.clientConfig);
  return async (id: string, text: string): Promise<void> => {
    const endpoint = { id: `endpoint-${Number(id.slice(6)) % 10}`, url: `${outsideUrl}/hooks` };
    const message = { id, type: 'chaos.sent', data: { text }, endpoint };
    const TopicArn = aws.outputs.outbound.topicArn;
    await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }));
  };
}
