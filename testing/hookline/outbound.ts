import { randomUUID } from 'node:crypto';
import { parseDelivery } from '../../lambdas/adapters/dynamodb/deliveries/item.ts';
import type { AttemptOutcome } from '../../lambdas/domain/attempt-outcome.ts';
import { type Delivery, nextAttemptAtOf } from '../../lambdas/domain/delivery-record.ts';
import { serialiseMessage } from '../../lambdas/domain/messages.ts';
import type { OutboundSettings } from '../../lambdas/domain/outbound-settings.ts';
import { deliver } from '../../lambdas/outbound/deliver/deliver.ts';
import type { SignedRequest } from '../../lambdas/outbound/ports.ts';
import { publish } from '../../lambdas/outbound/publish/publish.ts';
import { sweep } from '../../lambdas/outbound/sweep/sweep.ts';
import { tableNames } from '../memory/dynamodb/dynamodb.ts';
import { memorySealing } from '../memory/sealing.ts';
import { queueOf } from '../memory/task-queues.ts';
import type { TestClock } from './clock.ts';
import { endpointRules, type RegisteredEndpoint, registerEndpoint, type TestEndpoint } from './endpoints.ts';
import { type MemoryOutbound, outboundPorts } from './outbound-ports.ts';
import { outboundSettingsOf } from './settings.ts';

/** An event for endpoints, as an app publishes it: `docs/publishing.md`. */
export interface TestEvent {
  readonly id?: string;
  readonly type: string;
  readonly data: unknown;
  readonly tenant?: string;
  readonly endpoint?: { readonly id: string; readonly url?: string };
}

/** A signed request that would go to an endpoint. */
export interface SentRequest {
  readonly method: 'POST';
  readonly url: string;
  /** `webhook-id` is the event's id. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** When it is sent. */
  readonly at: Date;
}

/** A delivery of one event to one endpoint, as it stands. */
export interface DeliveryState {
  readonly tenant: string;
  readonly endpoint: string;
  readonly eventId: string;
  readonly status: 'pending' | 'delivered' | 'failed' | 'held' | 'discarded';
  readonly attempts: number;
  readonly nextAttemptAt?: Date;
  readonly lastError?: string;
}

/** How outbound is set up. */
export interface OutboundOptions {
  readonly endpoints?: readonly TestEndpoint[];
  /** The status that an endpoint answers. @default 200 for each request */
  readonly answer?: (request: SentRequest) => number;
  /** Seconds before attempt 2, 3, …. @default 1 s, 5 s, 30 s, 2 min, 10 min */
  readonly retryDelays?: readonly number[];
}

const sweepEveryMs = 60_000;

/** The outbound flow in memory: publish, deliver and sweep on tables and queues in memory, with endpoints that answer. */
export function outboundInMemory(options: OutboundOptions, clock: TestClock) {
  const settings = outboundSettingsOf(options.retryDelays);
  const requests: SentRequest[] = [];
  const refusals: string[] = [];
  const memory = outboundPorts(clock, {
    post: async (request) => answered(request, options, requests, clock),
    sendDeadLetter: async (body) => void refusals.push(body),
  });
  const registered = register(options.endpoints ?? [], settings, memory);
  // The error is thrown where the endpoints are used.
  registered.catch(() => undefined);
  let nextSweepAt = clock.now() + sweepEveryMs;
  return {
    endpoints: () => registered,
    requests,
    refusals,
    workOff: () => workOffTasks(settings, memory),

    async publish(event: TestEvent): Promise<void> {
      await registered;
      await memory.publishQueue.send({ body: serialiseMessage(event) });
      await workOffPublications(settings, memory);
      await workOffTasks(settings, memory);
    },

    deliveries: (): DeliveryState[] =>
      [...memory.db.tableOf(tableNames.deliveries).items.values()].map((item) =>
        stateOf(parseDelivery(item)),
      ),

    nextAt: (): number => Math.min(memory.tasks.nextVisibleAt(), nextSweepAt),

    async sweepIfDue(): Promise<void> {
      if (clock.now() < nextSweepAt) return;
      nextSweepAt = clock.now() + sweepEveryMs;
      await sweep(settings.deliveryRetention, () => true, memory.ports);
    },
  };
}

function answered(
  { url, headers, body }: SignedRequest,
  { answer = () => 200 }: OutboundOptions,
  requests: SentRequest[],
  { now }: TestClock,
): AttemptOutcome {
  const text = Buffer.from(body).toString('utf8');
  const sent: SentRequest = { method: 'POST', url, headers, body: text, at: new Date(now()) };
  requests.push(sent);
  const status = answer(sent);
  if (status >= 200 && status < 300) return { kind: 'accepted', status };
  return { kind: status === 410 ? 'gone' : 'refused', status };
}

async function register(
  endpoints: readonly TestEndpoint[],
  settings: OutboundSettings,
  { ports }: MemoryOutbound,
): Promise<readonly RegisteredEndpoint[]> {
  const newId = (prefix: string): string => `${prefix}_${randomUUID()}`;
  const managing = { ...ports, ...endpointRules(settings), newId, secrets: memorySealing };
  const made: RegisteredEndpoint[] = [];
  for (const endpoint of endpoints) made.push(await registerEndpoint(endpoint, managing));
  return made;
}

async function workOffPublications(
  settings: OutboundSettings,
  { publishQueue, ports }: MemoryOutbound,
): Promise<void> {
  for (let batch = publishQueue.receive(10); batch.length > 0; batch = publishQueue.receive(10)) {
    const failed = await publish(batch, settings, ports);
    const done = batch.filter(({ messageId }) => !failed.includes(messageId));
    for (const { receiptHandle } of done) await publishQueue.delete(receiptHandle);
  }
}

async function workOffTasks(settings: OutboundSettings, { tasks, ports }: MemoryOutbound): Promise<void> {
  for (let batch = tasks.receive(10); batch.length > 0; batch = tasks.receive(10)) {
    const failed = await deliver(batch, { queue: queueOf(batch), hasTime: () => true }, settings, ports);
    const done = batch.filter(({ messageId }) => !failed.includes(messageId));
    for (const { receiptHandle } of done) await tasks.delete(receiptHandle);
  }
}

function stateOf(delivery: Delivery): DeliveryState {
  const { tenant, endpointId: endpoint, eventId, status, attempts, lastError } = delivery;
  const next = nextAttemptAtOf(delivery);
  const nextAttemptAt = next === undefined ? undefined : new Date(next);
  return { tenant, endpoint, eventId, status, attempts, nextAttemptAt, lastError };
}
