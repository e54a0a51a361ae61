import { setTimeout as pause } from 'node:timers/promises';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { LocalAws } from '../../local/emulator.ts';
import { provider } from '../chaos/traffic.ts';

/** Of ten publications: most endpoints are well. */
const kinds = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'slow', 'failing', 'hanging'];
const poisonEvery = 25;

/** What was sent, and what the receiver answered to what was forged. */
export interface Sent {
  /** Accepted events that a handler can handle. */
  readonly good: readonly string[];
  readonly poison: readonly string[];
  readonly forged: number;
  /** Forged requests that were answered with 200: none may be. */
  readonly taken: number;
  /** Publications to endpoints that answer. */
  readonly deliverable: readonly string[];
}

/** Each second: `rate` good events, ten times as many forged ones, and `rate` publications. */
export async function sendLoad(
  aws: LocalAws,
  outsideUrl: string,
  rate: number,
  until: number,
): Promise<Sent> {
  const post = await provider(aws);
  const sns = new SNSClient(aws.clientConfig);
  const sent = {
    good: [] as string[],
    poison: [] as string[],
    deliverable: [] as string[],
    forged: 0,
    taken: 0,
  };
  let count = 0;

  async function sendGood(nth: number): Promise<void> {
    const isPoison = nth % poisonEvery === 0;
    const id = `${isPoison ? 'poison' : 'good'}-${nth}`;
    if (await post(id, 'x'.repeat(500))) (isPoison ? sent.poison : sent.good).push(id);
  }

  async function forge(nth: number): Promise<void> {
    sent.forged++;
    if (await post(`forged-${nth}`, 'x'.repeat(500), 'of somebody else')) sent.taken++;
  }

  async function publish(nth: number): Promise<void> {
    const kind = kinds[nth % kinds.length] ?? 'ok';
    const id = `${kind}-${nth}`;
    const endpoint = { id: `to-${kind}`, url: `${outsideUrl}/hooks/${kind}` };
    const Message = JSON.stringify({ id, type: 'soak.sent', data: { nth }, endpoint });
    await sns.send(new PublishCommand({ TopicArn: aws.outputs.outbound.topicArn, Message }));
    if (kind === 'ok' || kind === 'slow') sent.deliverable.push(id);
  }

  while (Date.now() < until) {
    const second = pause(1000);
    const numbers = Array.from({ length: rate }, () => count++);
    const floods = numbers.flatMap((nth) => Array.from({ length: 10 }, () => forge(nth)));
    // A busy machine answers late: the next second waits for this one.
    await Promise.all([second, ...floods, ...numbers.map(sendGood), ...numbers.map(publish)]);
  }
  return sent;
}
