import { type DlqKind, readDeadMessage } from '../../../cli/dlq/dead-letter.ts';
import { redriveOf } from '../../../cli/dlq/redrive-delivery.ts';
import { readLeft } from '../../../cli/kept/left-message.ts';
import { bytesOf, ReceivedMessage, withWait } from '../../../lambdas/domain/event.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { openPublication, unwrap, withId } from '../../../lambdas/domain/publish-message.ts';
import { openRange, rangeOf } from '../../../lambdas/domain/publish-range.ts';
import { toIsoInstant, unixMillis, utcDay } from '../../../lambdas/domain/time.ts';
import { openMessage } from '../../../lambdas/inbound/open-message.ts';
import { openTask } from '../../../lambdas/outbound/deliver/open-task.ts';
import { recordedTelemetry } from '../../../testing/memory/telemetry.ts';
import type { Wall } from '../../support/hostile/wall.ts';
import { inboundWorld, stripeMessage } from '../../support/worlds/inbound-world.ts';
import { noHandlers, publication, range, task } from './valid.ts';

const received: object = JSON.parse(stripeMessage('evt_1'));
const waiting = {
  ...received,
  body: undefined,
  bodyBase64: 'e30=',
  wait: { after: 'i/m', notBefore: 1_795_000_000_000, origin: 'm' },
};
const hash = 'a'.repeat(64);
const stored = { ...received, body: undefined, bodyS3: `inbound/stripe/${hash}` };
const envelope = { Type: 'Notification', MessageId: 'sns-1', Message: JSON.stringify(publication) };
const letter = {
  v: 1,
  kind: 'delivery',
  id: 'dlv_1',
  reason: 'answered 500',
  at: 1_795_000_000_000,
  attempts: 3,
  message: JSON.stringify(task),
  cause: 'refused',
  tenant: 'acme',
  endpointId: 'ep_1',
  eventType: 'a.b',
  host: 'acme.example',
};
const world = inboundWorld(noHandlers);

/** What λ consume does with a message before it claims the event. */
const receivedMessage: Wall = {
  name: 'a message of a source’s queue',
  files: ['lambdas/inbound/open-message.ts', 'lambdas/domain/messages.ts', 'lambdas/domain/event.ts'],
  valid: [received, waiting, stored],
  // The name of a source that does not exist, and the key of an object that cannot be one.
  repeats: true,
  async feed(text) {
    const now = unixMillis(1_795_000_000_000);
    const message = { messageId: 'm', receiptHandle: 'r', text };
    const opened = await openMessage(message, { id: 'i', now }, world.team.sources, async () => undefined);
    if (opened.kind !== 'work') return opened;
    // What is logged and written of it.
    return [toIsoInstant(opened.work.claimable.receivedAt), withWait(text, undefined)];
  },
};

const deliveryTask: Wall = {
  name: 'a message of the delivery queue',
  files: ['lambdas/outbound/deliver/open-task.ts', 'lambdas/domain/delivery-task.ts'],
  valid: [
    task,
    { ...task, seen: { claims: 1, round: 1, success: { at: 1_795_000_000_000, ms: 5, status: 200 } } },
  ],
  async feed(text) {
    const { telemetry, named } = recordedTelemetry();
    const now = () => unixMillis(1_795_000_000_000);
    const opened = await openTask(
      { messageId: 'm', text },
      { now, telemetry, sendDeadDelivery: async () => undefined },
    );
    if (opened?.seen) toIsoInstant(unixMillis(opened.seen.success.at));
    return opened === undefined ? { reason: String(named('delivery.unusable')[0]?.['reason']) } : opened;
  },
};

const published: Wall = {
  name: 'a message of the publish queue',
  files: ['lambdas/domain/publish-message.ts', 'lambdas/domain/exact-json.ts', 'lambdas/domain/url-text.ts'],
  valid: [
    publication,
    { ...publication, tenant: '', endpoint: { id: 'e', url: 'https://e.example/' } },
    envelope,
  ],
  // Names of unknown fields, at most five of a hundred characters.
  repeats: true,
  feed(text) {
    const unwrapped = unwrap(text, 'message-1');
    withId(unwrapped);
    const opened = openPublication(unwrapped);
    if (opened.kind === 'publication') JSON.stringify(opened.publication.data);
    return opened;
  },
};

/** What applications send through the topic arrives as the text in an envelope. */
const publishedByTopic: Wall = {
  ...published,
  name: 'a message of the topic',
  valid: [publication],
  feed: (text) => published.feed(JSON.stringify({ ...envelope, Message: text }), Buffer.alloc(0)),
};

const rangeMessage: Wall = {
  name: 'a message with a range of endpoints',
  files: ['lambdas/domain/publish-range.ts'],
  valid: [range],
  feed(text) {
    const opened = openRange(text);
    return opened && rangeOf(opened.range);
  },
};

const dlqKinds: readonly DlqKind[] = ['inbound', 'publish', 'subscription', 'delivery'];

/** What the command line tool shows of a dead letter: one that it cannot show would hide all others. */
const deadLetter: Wall = {
  name: 'a message of a dead-letter queue',
  files: [
    'cli/dlq/dead-letter.ts',
    'cli/dlq/redrive-delivery.ts',
    'cli/kept/left-message.ts',
    'lambdas/domain/json.ts',
  ],
  valid: [letter, { ...letter, kind: 'inbound', message: JSON.stringify(received) }, task, envelope],
  feed(text) {
    const sentAt = unixMillis(1_795_000_000_000);
    const message = { messageId: 'm', receiptHandle: 'r', body: text, sentAt, attributes: {} };
    for (const kind of dlqKinds) {
      const { at, resend } = readDeadMessage(kind, message, 50);
      utcDay(at);
      if (resend.kind === 'replay') redriveOf(undefined, resend.task);
    }
    return readLeft(message);
  },
};

/** `hookline listen` parses copies of events; `replay` parses kept ones. */
const anyReceived: Wall = {
  name: 'a copy of an event, and a kept one',
  files: ['cli/listen/forward.ts', 'lambdas/inbound/replay.ts'],
  valid: [received, stored, waiting],
  throws: ['MalformedMessageError', 'AlteredBodyError'],
  repeats: true,
  async feed(text) {
    const event = parseMessage(ReceivedMessage, 'kept event', text);
    await bytesOf(event, async () => undefined);
    parseMessage(DeadLetter, 'dead letter', text);
  },
};

export const messageWalls: readonly Wall[] = [
  receivedMessage,
  deliveryTask,
  published,
  publishedByTopic,
  rangeMessage,
  deadLetter,
  anyReceived,
];
