import type { Handlers } from '../../../lambdas/domain/handler.ts';
import {
  type DeadLetter,
  DeadLetter as DeadLetterSchema,
  parseMessage,
} from '../../../lambdas/domain/messages.ts';
import type { MetricName } from '../../../lambdas/domain/metrics.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import type { SourceSettings } from '../../../lambdas/domain/source.ts';
import { type Seconds, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ConsumeInvocation } from '../../../lambdas/inbound/attempt.ts';
import { type ConsumePorts, type Consumption, consume } from '../../../lambdas/inbound/consume.ts';
import type { QueuedMessage } from '../../../lambdas/inbound/open-message.ts';
import type { InboundReplayPorts } from '../../../lambdas/inbound/replay.ts';
import type { InboundTelemetry } from '../../../lambdas/inbound/telemetry.ts';
import { inboundTable } from './inbound-tables.ts';

const second = 1000;

/** A source as `bin/webhooks.ts` would configure it, with a short handler schedule: 5 s, 30 s, so three attempts. */
export const sourceSettings = (changes: Partial<SourceSettings> = {}): SourceSettings => ({
  name: 'stripe',
  provider: 'stripe',
  tolerance: seconds(300),
  rotationOverlap: seconds(86_400),
  maxBodyBytes: 4 * 1024 * 1024,
  allowedCidrs: [],
  eventId: 'provider',
  handlerRetryDelays: [seconds(5), seconds(30)],
  lease: seconds(90),
  retention: seconds(35 * 86_400),
  handshakeWindow: seconds(3600),
  ...changes,
});

/** A line that was logged, with the fields of its log. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly line: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A message on the queue, and when it may be received. */
interface Queued {
  readonly messageId: string;
  readonly text: string;
  visibleAt: UnixMillis;
  receives: number;
}

const handleOf = ({ messageId, receives }: Queued): string => `${messageId}/${receives}`;

/**
 * A source's queue, DLQ, table, bucket and clock in memory, and a consumer that works on them.
 *
 * The queue does what SQS and its event source mapping do: receives hide a message for the visibility timeout, what a
 * batch does not fail is deleted, and what it fails stays as hidden as it is.
 */
export function inboundWorld(handlers: Handlers, settings = sourceSettings()) {
  const clock = { now: unixMillis(1_795_000_000_000) };
  const inboundEvents = inboundTable();
  const queue = new Map<string, Queued>();
  const bodies = new Map<string, Uint8Array>();
  const deadLetters: DeadLetter[] = [];
  const lines: LogLine[] = [];
  const counts = new Map<string, number>();
  const times: [string, Readonly<Record<string, string>>, number][] = [];
  const visibilityTimeout = settings.lease;
  let sent = 0;

  const log = (fields: object) => {
    const write =
      (level: LogLine['level']) =>
      (line: string, more: object = {}, error?: Error) =>
        void lines.push({ level, line, fields: { ...fields, ...more, ...(error && { error }) } });
    return { info: write('info'), warn: write('warn'), error: write('error') };
  };

  const telemetry: InboundTelemetry<MetricName> = {
    log,
    count(...[name, dimensions]) {
      const key = [name, ...Object.values(dimensions)].join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    seconds(name, dimensions, value) {
      times.push([name, dimensions, value]);
    },
  };
  const ports: ConsumePorts & InboundReplayPorts = {
    now: () => clock.now,
    inboundEvents,
    async getBody(key) {
      return bodies.get(key);
    },
    async putBody(key, bytes) {
      bodies.set(key, bytes);
    },
    async sendDeadLetter(message) {
      deadLetters.push(parseMessage(DeadLetterSchema, 'dead letter', message));
    },
    async deleteMessage(receiptHandle) {
      const message = received(receiptHandle);
      if (message) queue.delete(message.messageId);
    },
    async returnMessageAfter(receiptHandle, after: Seconds) {
      const message = received(receiptHandle);
      if (message === undefined) throw new Error(`the receipt handle ${receiptHandle} is stale`);
      message.visibleAt = unixMillis(clock.now + after * second);
    },
    async enqueueFor(_source, { body }) {
      send(body);
    },
    async sendBack(_message, text, delay) {
      if (delay > 900) throw new RangeError(`a delay of ${delay} s`);
      const message = queue.get(send(text));
      if (message) message.visibleAt = unixMillis(clock.now + delay * second);
    },
    telemetry,
  };

  /** Puts a message on the queue, as a receiver would. */
  function send(text: string): string {
    const messageId = `message-${++sent}`;
    queue.set(messageId, { messageId, text, visibleAt: clock.now, receives: 0 });
    return messageId;
  }

  /** The message of a receipt handle, which is good until the message is received again. */
  function received(receiptHandle: string): Queued | undefined {
    return [...queue.values()].find((message) => handleOf(message) === receiptHandle);
  }

  /** Receives what is visible, at most ten. */
  function receive(): QueuedMessage[] {
    const visible = [...queue.values()].filter(({ visibleAt }) => visibleAt <= clock.now).slice(0, 10);
    return visible.map((message) => {
      message.visibleAt = unixMillis(clock.now + visibilityTimeout * second);
      message.receives++;
      return { messageId: message.messageId, receiptHandle: handleOf(message), text: message.text };
    });
  }

  /** Deletes what a batch did not fail. */
  function answer(batch: readonly QueuedMessage[], { failedMessageIds }: Consumption): void {
    for (const { messageId } of batch) if (!failedMessageIds.includes(messageId)) queue.delete(messageId);
  }

  const team = {
    sources: new Map([[settings.name, { settings, provider: providerOf(settings) }]]),
    handlers: { [settings.name]: handlers },
  };

  let invocations = 0;
  const invocation = (changes: Partial<ConsumeInvocation> = {}): ConsumeInvocation => ({
    id: `invocation-${++invocations}`,
    signal: new AbortController().signal,
    graceOver: new Promise(() => undefined),
    hasTime: () => true,
    ...changes,
  });

  return {
    clock,
    inboundEvents,
    queue,
    bodies,
    deadLetters,
    lines,
    counts,
    times,
    ports,
    team,
    send,
    receive,
    answer,
    invocation,
    wait: (span: number) => {
      clock.now = unixMillis(clock.now + span * second);
    },
    /** One invocation on what is visible now. */
    async turn(changes: Partial<ConsumeInvocation> = {}): Promise<Consumption> {
      const batch = receive();
      const consumption = await consume(batch, invocation(changes), team, ports);
      answer(batch, consumption);
      return consumption;
    },
  };
}

/** A queue message of a Stripe event. */
export const stripeMessage = (id: string, changes: object = {}): string =>
  JSON.stringify({
    v: 1,
    source: 'stripe',
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    receivedAt: 1_794_999_999_000,
    correlationId: 'request-1',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, type: 'invoice.paid' }),
    ...changes,
  });
