import type { HandlerEvent, Handlers } from '../../lambdas/domain/handler.ts';
import type { DeadLetter } from '../../lambdas/domain/messages.ts';
import type { ProviderName } from '../../lambdas/domain/provider/catalogue.ts';
import type { GenericSettings } from '../../lambdas/domain/provider/generic.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import type { GivenRequest } from '../../verify/options.ts';
import type { ExpectedResponse } from '../../verify/result.ts';

/** A source of `testHookline`, with the settings that a deployed one has. */
export interface TestSource extends Partial<Omit<GenericSettings, 'provider'>> {
  readonly provider: ProviderName;
  /** @default the provider's test secret, with which `signed` signs */
  readonly secret?: string;
  /** What makes a redelivery a duplicate: `docs/sources.md`. @default 'provider' */
  readonly eventId?: SourceSettings['eventId'];
  /** Seconds that the signed time may differ from now. @default the provider's, else 300 */
  readonly tolerance?: number;
  /** Seconds before the handler's attempt 2, 3, …. @default 5 s, 30 s, 2 min, 10 min, 30 min, 2 h */
  readonly handlerRetryDelays?: readonly number[];
  /** The URL that the provider knows and signs. @default the request's */
  readonly publicUrl?: string;
}

/** An endpoint of a tenant, with the fields that the management API takes: `docs/endpoints.md`. */
export interface TestEndpoint {
  readonly tenant: string;
  readonly url: string;
  /** E.g. `invoice.paid`, `invoice.*`, `*`. @default every type */
  readonly eventTypes?: readonly string[];
  readonly id?: string;
  /** `whsec_…` or `whsk_…`. @default a new one, as `hookline.endpoints` shows it */
  readonly secret?: string;
  /** Further fields, e.g. `filter`, `headers`, `maxPerSecond`. */
  readonly [field: string]: unknown;
}

/** How outbound is set up. */
export interface OutboundOptions {
  readonly endpoints?: readonly TestEndpoint[];
  /** The status that an endpoint answers. @default 200 for each request */
  readonly answer?: (request: SentRequest) => number;
  /** Seconds before attempt 2, 3, …. @default 1 s, 5 s, 30 s, 2 min, 10 min */
  readonly retryDelays?: readonly number[];
}

/** What a Hookline in memory has. */
export interface TestHooklineOptions extends OutboundOptions {
  /** By name, as in your app. @default none */
  readonly sources?: Readonly<Record<string, TestSource>>;
  /** The handlers of each source, as your registry exports them. @default none */
  readonly handlers?: Readonly<Record<string, Handlers>>;
  /** When it starts, as a date or in unix milliseconds. @default now */
  readonly now?: Date | number;
}

/** How the handling of one event ended, once. */
export interface HandlerRun {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /**
   * `processed`: the handler succeeded. `retrying`: it threw, and runs again. `failed`: for good. `ignored`: there is no
   * handler. `duplicate`: the event was handled before.
   */
  readonly status: string;
  /** The event type or pattern of the handler that ran; undefined if none did. */
  readonly handler?: string;
  /** Counted from 1; undefined if no handler ran. */
  readonly attempt?: number;
  /** What the handler got. */
  readonly event?: HandlerEvent;
  /** What the handler threw. */
  readonly error?: unknown;
}

/** The end of one received request. */
export interface Reception {
  /** `accepted`: its events are on the queue, and the handlers have run. `handshake`: a test of the URL was answered. */
  readonly kind: 'accepted' | 'handshake' | 'refused';
  /** Why it was refused, e.g. `mismatch`. */
  readonly reason?: string;
  /** The response to the provider. */
  readonly response: ExpectedResponse;
  /** How each event ended that was handled because of it. */
  readonly runs: readonly HandlerRun[];
}

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

/** A registered endpoint. */
export interface RegisteredEndpoint {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  /** Verifies its requests, with Standard Webhooks. */
  readonly secret: string;
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

/** What publishing an event, or some time, has led to. */
export interface Sent {
  /** The requests to endpoints. */
  readonly requests: readonly SentRequest[];
  /** All deliveries of the events that were published so far. */
  readonly deliveries: readonly DeliveryState[];
  /** Why an event cannot be published, as the publish DLQ would have it. */
  readonly refusals: readonly string[];
}

/** A log line of a handler or of Hookline. */
export interface TestLogLine {
  readonly level: string;
  readonly line: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A Hookline in memory. */
export interface TestHookline {
  /** The endpoints, with their secrets. @throws Problem when one is not valid */
  endpoints(): Promise<readonly RegisteredEndpoint[]>;
  /** Lets a source receive a request, and its handlers run. */
  receive(source: string, request: GivenRequest): Promise<Reception>;
  /** Publishes an event, and makes its first requests. */
  publish(event: TestEvent): Promise<Sent>;
  /** Lets so many seconds pass, with the retries of handlers and deliveries that are due in them. */
  advance(seconds: number): Promise<Sent & Pick<Reception, 'runs'>>;
  /** The events that failed for good. */
  deadLetters(source: string): readonly DeadLetter[];
  /** The log lines of a source's handlers and of Hookline, with their fields. */
  logs(source: string): readonly TestLogLine[];
}
