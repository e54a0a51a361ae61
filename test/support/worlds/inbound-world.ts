import type { Handlers } from '../../../lambdas/domain/handler.ts';
import {
  type DeadLetter,
  DeadLetter as DeadLetterSchema,
  parseMessage,
} from '../../../lambdas/domain/messages.ts';
import type { MetricName } from '../../../lambdas/domain/metrics.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import type { SourceSettings } from '../../../lambdas/domain/source.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ConsumeInvocation } from '../../../lambdas/inbound/attempt.ts';
import { type ConsumePorts, type Consumption, consume } from '../../../lambdas/inbound/consume.ts';
import type { QueuedMessage } from '../../../lambdas/inbound/open-message.ts';
import type { InboundReplayPorts } from '../../../lambdas/inbound/replay.ts';
import type { InboundTelemetry } from '../../../lambdas/inbound/telemetry.ts';
import { memoryQueue } from '../../../testing/memory/queue.ts';
import { noTargets } from '../../../testing/memory/targets.ts';
import { memoryBucket } from '../memory/bucket.ts';
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

/**
 * A source's queue, DLQ, table, bucket and clock in memory, and a consumer that works on them.
 *
 * It does what an event source mapping does: what a batch does not fail is deleted, and what it fails stays as hidden as it is.
 */
export function inboundWorld(handlers: Handlers, settings = sourceSettings()) {
  const clock = { now: unixMillis(1_795_000_000_000) };
  const inboundEvents = inboundTable();
  const queue = memoryQueue(() => clock.now, settings.lease);
  const bucket = memoryBucket();
  const deadLetters: DeadLetter[] = [];
  const lines: LogLine[] = [];
  const counts = new Map<string, number>();
  const times: [string, Readonly<Record<string, string>>, number][] = [];

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
    getBody: bucket.get,
    putBody: bucket.put,
    async sendDeadLetter(message) {
      deadLetters.push(parseMessage(DeadLetterSchema, 'dead letter', message));
    },
    deleteMessage: queue.delete,
    returnMessageAfter: queue.returnAfter,
    enqueueFor: (_source, message) => queue.send(message),
    sendBack: ({ attributes }, body, delay) => queue.send({ body, attributes, delay }),
    ...noTargets,
    telemetry,
  };

  /** Receives what is visible, at most ten. */
  const receive = (): QueuedMessage[] => queue.receive(10);

  /** Deletes what a batch did not fail. */
  function answer(batch: readonly QueuedMessage[], { failedMessageIds }: Consumption): void {
    for (const { messageId } of batch)
      if (!failedMessageIds.includes(messageId)) queue.messages.delete(messageId);
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
    queue: queue.messages,
    bodies: bucket.objects,
    deadLetters,
    lines,
    counts,
    times,
    ports,
    team,
    /** Puts a message on the queue, as a receiver would. */
    send: (body: string): void => void queue.send({ body }),
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
