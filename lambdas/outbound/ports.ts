import type { AttemptOutcome } from '../domain/attempt-outcome.ts';
import type { ManifestStore } from '../domain/delivery-manifest.ts';
import type { DeliveryStore } from '../domain/delivery-store.ts';
import type { DeadDelivery, TaskMessage } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { OpenHeaders } from '../domain/endpoint-headers.ts';
import type { SigningKey } from '../domain/endpoint-secret.ts';
import type { EndpointGauges, EndpointStore } from '../domain/endpoint-store.ts';
import type { FailureTallyStore } from '../domain/failure-tally.ts';
import type { LimiterStore } from '../domain/limiter-store.ts';
import type { MetricName } from '../domain/metrics.ts';
import type { OperatorNotice } from '../domain/operator-notice.ts';
import type { OutboundEventStore } from '../domain/outbound-event.ts';
import type { RecoveryStore } from '../domain/recovery.ts';
import type { Millis, Seconds, UnixMillis } from '../domain/time.ts';
import type { EndpointMemory } from './deliver/endpoint-memory.ts';
import type { SubscriberCache } from './publish/subscribers.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** One request to an endpoint. */
export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** One deadline over DNS, connect and response head. */
  readonly timeout: Millis;
}

/**
 * Everything outside the process that the outbound flow uses. A use case picks its own part:
 * `type XPorts = Pick<OutboundPorts<'MetricThatItEmits'>, 'deliveries' | 'telemetry'>`.
 */
export interface OutboundPorts<Names extends MetricName = never> {
  now(): UnixMillis;
  /** From 0 to 1. */
  random(): number;
  pause(span: Millis): Promise<void>;
  /** Does something later, unless the returned function is called before. */
  after(span: Millis, act: () => void): () => void;
  /** What this process remembers of an endpoint. */
  memoryOf(limiterKey: string): EndpointMemory;
  readonly telemetry: OutboundTelemetry<Names>;

  readonly deliveries: DeliveryStore;
  readonly manifests: ManifestStore;
  readonly endpoints: EndpointStore;
  readonly subscribers: SubscriberCache;
  readonly gauges: EndpointGauges;
  readonly limiter: LimiterStore;
  readonly events: OutboundEventStore;
  readonly recoveries: RecoveryStore;
  readonly tallies: FailureTallyStore;

  /** Reads the body of an event; undefined when it is gone. @param eventKey see `outboundEventKey` */
  readPayload(eventKey: string): Promise<string | undefined>;
  /** Writes to the payload bucket. */
  putPayload(s3Key: string, bytes: Uint8Array): Promise<void>;
  /** Validates a payload by the schema of its event type. @returns the mistake; undefined if there is none, or no check */
  validatePayload(type: string, data: unknown): Promise<string | undefined>;

  /** Sends to the queue that the task names. */
  sendTask(task: TaskMessage): Promise<void>;
  /** Sends to the delivery queue. */
  sendTasks(tasks: readonly TaskMessage[]): Promise<void>;
  /** Sends to the publish queue. */
  sendRanges(messages: readonly { readonly body: string }[]): Promise<void>;
  /** Sends to the publish DLQ. */
  sendDeadLetter(body: string): Promise<void>;
  /** Sends to the DLQ that the letter names: the delivery DLQ, or the undelivered queue. */
  sendDeadDelivery(letter: DeadDelivery): Promise<void>;
  /** Deletes a message of the queue that the batch came from. */
  deleteMessage(receiptHandle: string): Promise<void>;
  /** Makes a message of the queue that the batch came from visible again after a delay. */
  returnMessageAfter(receiptHandle: string, after: Seconds): Promise<void>;
  /** Each reads an attribute of one dead-letter queue. */
  readonly readQueues: readonly (() => Promise<void>)[];
  /** Sends to the operations topic. */
  notifyOperators(notice: OperatorNotice): Promise<void>;

  /** The keys of the stack, for endpoints that are not registered. @throws when there is no key to sign with */
  signingKeys(now: UnixMillis): Promise<readonly SigningKey[]>;
  /** The keys of an endpoint. @throws when they cannot be opened */
  endpointKeys(endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]>;
  /** The custom headers of an endpoint. @throws when they cannot be opened */
  endpointHeaders(endpoint: Endpoint, now: UnixMillis): Promise<OpenHeaders>;
  /** Sends a request. @throws for a local fault, such as no file descriptor left; an endpoint's failure is an outcome */
  post(request: SignedRequest): Promise<AttemptOutcome>;
}
