import * as v from 'valibot';
import { attemptPhases } from '../domain/attempt-outcome.ts';
import { deliveryStatuses } from '../domain/delivery-record.ts';
import { disableReasons, EndpointFields, Tenant } from '../domain/endpoint.ts';
import { secretKinds } from '../domain/endpoint-secret.ts';
import { waitReasons } from '../domain/endpoint-wait.ts';
import { EventIdField } from '../domain/event-id.ts';
import { asEndpointId } from '../domain/ids.ts';
import { breakerStates } from '../domain/limiter.ts';
import { utf8Bytes } from '../domain/messages.ts';
import { PayloadFilter, StoredFilter } from '../domain/payload-filter.ts';
import { EventType } from '../domain/publish-message.ts';
import { StorableText } from '../domain/storable.ts';

/** An instant in ISO 8601. */
const Instant = v.pipe(v.string(), v.isoTimestamp());
export const EndpointIdField = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ -'),
  v.transform(asEndpointId),
);

export const TenantParams = v.object({ tenant: Tenant });
export const EndpointParams = v.object({ tenant: Tenant, endpointId: EndpointIdField });

const Attempt = v.object({
  number: v.number(),
  at: Instant,
  durationMs: v.number(),
  status: v.optional(v.number()),
  error: v.optional(v.string()),
  /** How far the request got, if there was no response. */
  phase: v.optional(v.picklist(attemptPhases)),
  /** The target of a redirect: scheme, host and path. */
  location: v.optional(v.string()),
  sample: v.optional(v.string()),
});

/** The state of an endpoint's circuit breaker, and how many deliveries wait. */
export const BreakerView = v.object({
  /** `open`: only occasional probes are sent; `half-open`: one delivery probes, now or as soon as one is due. */
  state: v.picklist(breakerStates),
  /** When the breaker opened. */
  since: v.optional(Instant),
  /** When the next probe may be sent; absent while the breaker is closed. */
  nextProbeAt: v.optional(Instant),
  /** The time that the endpoint gave in `Retry-After`, with a 429 or 503. */
  retryAfter: v.optional(Instant),
  /** Consecutive attempts that found the endpoint down. */
  failures: v.number(),
  /** The first failed attempt since the last success. */
  failingSince: v.optional(Instant),
  /** Deliveries waiting for their next attempt; with `isExact: false` there are at least `count`. */
  waiting: v.object({ count: v.number(), isExact: v.boolean() }),
});

/** How many deliveries of an endpoint wait; with `isExact: false` there are more. */
const WaitCountView = v.object({
  count: v.number(),
  isExact: v.boolean(),
  /** Since when the oldest waits. */
  since: v.optional(Instant),
});

/** The pending deliveries of an endpoint that wait, and what holds them back. */
export const WaitingView = v.object({
  ...WaitCountView.entries,
  /** Absent when none waits. `schedule`: each of them has failed, and waits for its next attempt. */
  why: v.optional(v.picklist(waitReasons)),
  /** No request before this, except by hand: the next probe, or the end of `Retry-After`. */
  until: v.optional(Instant),
  /** How many requests may run at once, and how many do. */
  slots: v.optional(v.object({ taken: v.number(), of: v.number() })),
  /** The average time to a response. */
  responseMs: v.optional(v.number()),
  /** The time that is reserved for the last delivery that waits for a limit. */
  lastPlaceAt: v.optional(Instant),
});

/** An endpoint as the API shows it, without its secrets and the values of its headers. */
export const EndpointView = v.object({
  tenant: v.string(),
  id: v.string(),
  ...v.omit(EndpointFields, ['description', 'headers', 'metadata', 'filter']).entries,
  filter: v.optional(StoredFilter),
  description: v.string(),
  /** The names only: the values are secrets. */
  headers: v.array(v.string()),
  metadata: v.record(v.string(), v.string()),
  status: v.picklist(['enabled', 'disabled']),
  disabled: v.optional(
    v.object({
      reason: v.picklist(disableReasons),
      at: Instant,
      deliveryId: v.optional(v.string()),
      eventId: v.optional(v.string()),
      eventType: v.optional(v.string()),
      lastAttempt: v.optional(v.object({ number: v.number(), outcome: v.string() })),
    }),
  ),
  secrets: v.array(
    v.object({ kind: v.picklist(secretKinds), createdAt: Instant, endsAt: v.optional(Instant) }),
  ),
  createdAt: Instant,
  updatedAt: Instant,
  version: v.number(),
  /** These three are in responses to `GET`: of one endpoint, and of a list, which counts up to 100 in each of four parts. */
  breaker: v.optional(BreakerView),
  waiting: v.optional(WaitingView),
  /** Deliveries that wait until the endpoint is enabled; `since` is when the oldest was created. */
  held: v.optional(WaitCountView),
});

/** A secret in the clear: only creating an endpoint, rotating, and `GET …/secret` show it. */
export const SecretView = v.object({
  kind: v.picklist(secretKinds),
  /** `whsec_…`; for `v1a` the public key `whpk_…`. */
  secret: v.string(),
  createdAt: Instant,
  endsAt: v.optional(Instant),
});
export const SecretsView = v.object({ secrets: v.array(SecretView) });

export const CreatedEndpoint = v.object({ endpoint: EndpointView, secret: SecretView });

export const listOf = <S extends v.GenericSchema>(item: S) =>
  v.object({ data: v.array(item), nextCursor: v.optional(v.string()) });

export const DeliveryView = v.object({
  id: v.string(),
  tenant: v.string(),
  endpointId: v.string(),
  url: v.optional(v.string()),
  eventId: v.string(),
  eventType: v.string(),
  status: v.picklist(deliveryStatuses),
  attempts: v.number(),
  round: v.number(),
  createdAt: Instant,
  lastAttemptAt: v.optional(Instant),
  nextAttemptAt: v.optional(Instant),
  lastError: v.optional(v.string()),
});
export const DeliveryDetail = v.object({
  ...DeliveryView.entries,
  attemptLog: v.array(Attempt),
  /** The body that is sent, as text; absent when it has expired. */
  body: v.optional(v.string()),
});

/** A delivery that is replayed. */
export const RetriedView = v.object({
  ...DeliveryView.entries,
  /** Its endpoint is disabled: the delivery waits until the endpoint is enabled. */
  willBeHeld: v.boolean(),
});

export const PublishBody = v.strictObject({
  id: v.optional(EventIdField),
  type: EventType,
  data: v.unknown(),
  endpointId: v.optional(EndpointIdField),
});
export const PublishedView = v.object({
  id: v.string(),
  /** The event was already published: missing deliveries are sent, and with `200` none was missing. */
  repeated: v.optional(v.boolean()),
  /** No endpoint of the tenant subscribes to the event. */
  unmatched: v.optional(v.boolean()),
  /** Its endpoint is disabled: the delivery waits until the endpoint is enabled. */
  willBeHeld: v.optional(v.boolean()),
  /** The same in words. */
  notice: v.optional(v.string()),
});

/** The most payloads that one filter test evaluates. */
const maxTested = 50;

export const FilterTest = v.strictObject({
  /** The endpoint's own filter when absent. */
  filter: v.optional(PayloadFilter),
  /** The endpoint's own event types when absent. */
  eventTypes: v.optional(EndpointFields.entries.eventTypes),
  /** Payloads to test; those of the tenant's recent events when absent. */
  examples: v.optional(v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(maxTested))),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxTested)), 20),
});
export const FilterTestView = v.object({
  tested: v.number(),
  matched: v.number(),
  results: v.array(
    v.object({
      /** The index of the given example, from 0. */
      example: v.optional(v.number()),
      eventId: v.optional(v.string()),
      eventType: v.optional(v.string()),
      matches: v.boolean(),
      /** The endpoint does not subscribe to the event's type. */
      otherType: v.optional(v.boolean()),
      /** The parts of the filter that exclude the payload, by their places, e.g. `all.1`. */
      failed: v.array(v.object({ place: v.string(), part: StoredFilter })),
    }),
  ),
});

/** Schema and example are in one DynamoDB item of at most 400 KB. */
const maxKeptKiB = 128;
const fitsItem = <Json>() =>
  v.check(
    (json: Json) => utf8Bytes(JSON.stringify(json)) <= maxKeptKiB * 1024,
    `at most ${maxKeptKiB} KiB of JSON`,
  );

export const EventTypeFields = v.strictObject({
  description: v.optional(v.pipe(StorableText, v.maxLength(1024)), ''),
  schema: v.optional(v.pipe(v.record(v.string(), v.unknown()), fitsItem())),
  example: v.optional(v.pipe(v.unknown(), fitsItem())),
  checkPayload: v.optional(v.boolean(), false),
});
export const EventTypeView = v.object({
  name: v.string(),
  ...v.omit(EventTypeFields, ['description', 'checkPayload']).entries,
  description: v.string(),
  checkPayload: v.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
  version: v.number(),
});

const recoveryStatuses = ['running', 'done', 'cancelled'] as const;
export const RecoveryView = v.object({
  id: v.string(),
  tenant: v.string(),
  endpointId: v.string(),
  since: Instant,
  until: Instant,
  status: v.picklist(recoveryStatuses),
  /** Failed deliveries when the recovery began; `isExact` is false when counting ran out of time. */
  estimate: v.object({ count: v.number(), isExact: v.boolean(), ofEarlierEndpoint: v.optional(v.number()) }),
  toCurrentEndpoint: v.boolean(),
  replayed: v.number(),
  refused: v.number(),
  /** How many of the refused were for an earlier endpoint of the id. */
  ofEarlierEndpoint: v.number(),
  createdAt: Instant,
  updatedAt: Instant,
});
export const EstimateView = v.object({
  count: v.number(),
  isExact: v.boolean(),
  /** Not in `count`: deliveries for an earlier endpoint of the id, replayed only with `toCurrentEndpoint`. */
  ofEarlierEndpoint: v.optional(v.number()),
});

export const InboundEventView = v.object({
  id: v.string(),
  source: v.string(),
  type: v.string(),
  status: v.string(),
  attempts: v.number(),
  receivedAt: Instant,
  lastError: v.optional(v.string()),
});

/** Problem details (RFC 9457). */
export const ProblemView = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
