import type { InboundEventStore } from '../domain/inbound-event-store.ts';
import type { MetricName } from '../domain/metrics.ts';
import type { HandshakeSecretStore } from '../domain/provider/awaited-secret.ts';
import type { ProviderCalls } from '../domain/provider/check.ts';
import type { TapStore } from '../domain/tap.ts';
import type { Seconds, UnixMillis } from '../domain/time.ts';
import type { QueuedMessage } from './open-message.ts';
import type { SourceKeyCache } from './source-keys.ts';
import type { FindTargets } from './targets/find-route.ts';
import type { InboundTelemetry } from './telemetry.ts';

/** One event for the queue. */
export interface OutgoingEvent {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/**
 * Everything outside the process that the inbound flow uses. A use case picks its own part:
 * `type XPorts = Pick<InboundPorts<'MetricThatItEmits'>, 'inboundEvents' | 'telemetry'>`.
 */
export interface InboundPorts<Metrics extends MetricName = never> {
  now(): UnixMillis;
  /** Waits for so many milliseconds, without keeping the process alive. */
  pause(ms: number): Promise<unknown>;
  readonly telemetry: InboundTelemetry<Metrics>;

  readonly inboundEvents: InboundEventStore;
  readonly taps: Pick<TapStore, 'read'>;
  /** The keys of the source, cached. */
  readonly keys: SourceKeyCache;
  /** For a provider that sends its secret in a handshake. */
  readonly handshakeSecret: HandshakeSecretStore;
  /** Requests to the provider's servers. */
  readonly calls: ProviderCalls;
  /**
   * Notes that a token came with a body.
   *
   * @param fingerprint the same for the same body
   * @returns false when the token came before with another body
   */
  useOnce(token: string, fingerprint: string, now: UnixMillis): Promise<boolean>;

  /** From the payload bucket; undefined when the object is gone. */
  getBody(key: string): Promise<Uint8Array | undefined>;
  /** To the payload bucket: bodies, kept events and records of refused requests. */
  putBody(key: string, bytes: Uint8Array): Promise<void>;

  /** For an event of a source with targets. */
  readonly findTargets: FindTargets;

  /** To the source's queue. Resolves when every message is on it. */
  enqueue(messages: readonly OutgoingEvent[]): Promise<void>;
  /** To the queue of the source that is named. */
  enqueueFor(
    source: string,
    message: { readonly body: string; readonly attributes: Readonly<Record<string, string>> },
  ): Promise<void>;
  /**
   * Sends a message to its own queue again, as a new message with the same attributes.
   *
   * @param delay at most 900 s, during which the message is invisible
   */
  sendBack(message: QueuedMessage, text: string, delay: Seconds): Promise<void>;
  /** To the source's DLQ. */
  sendDeadLetter(body: string): Promise<void>;
  /** Deletes a message of the source's queue. */
  deleteMessage(receiptHandle: string): Promise<void>;
  /** Makes a message visible again after a delay. Until then it counts as in flight. */
  returnMessageAfter(receiptHandle: string, after: Seconds): Promise<void>;
  /** To the queue of a listener. @param source the source that it listens to */
  sendCopy(source: string, queueName: string, message: string): Promise<void>;
}
