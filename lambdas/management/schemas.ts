import * as v from 'valibot';
import { attemptPhases } from '../domain/attempt-outcome.ts';
import { deliveryStatuses } from '../domain/delivery-record.ts';
import { disableReasons, EndpointFields, Tenant } from '../domain/endpoint.ts';
import { secretKinds } from '../domain/endpoint-secret.ts';
import { EventId } from '../domain/event-id.ts';
import { breakerStates } from '../domain/limiter.ts';
import { utf8Bytes } from '../domain/messages.ts';
import { PayloadFilter, StoredFilter } from '../domain/payload-filter.ts';
import { EventType } from '../domain/publish-message.ts';
import { StorableText } from '../domain/storable.ts';

/** An instant, as the API writes it. */
const Instant = v.pipe(v.string(), v.isoTimestamp());
export const EndpointId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ -'));

export const TenantParams = v.object({ tenant: Tenant });
export const EndpointParams = v.object({ tenant: Tenant, endpointId: EndpointId });

const Attempt = v.object({
  number: v.number(),
  at: Instant,
  durationMs: v.number(),
  status: v.optional(v.number()),
  error: v.optional(v.string()),
  /** How far the request came, if it got no answer. */
  phase: v.optional(v.picklist(attemptPhases)),
  /** Where a redirect leads: scheme, host and path. */
  location: v.optional(v.string()),
  sample: v.optional(v.string()),
});

/** Whether an endpoint is asked at all, and what waits for it. */
export const BreakerView = v.object({
  /** `open`: no request but a probe now and then; `half-open`: one finds out, now or with the next delivery. */
  state: v.picklist(breakerStates),
  /** When it opened. */
  since: v.optional(Instant),
  /** When one delivery is tried again; absent while it is closed. */
  nextProbeAt: v.optional(Instant),
  /** The endpoint asked for patience until then, by a 429 or 503 with `Retry-After`. */
  retryAfter: v.optional(Instant),
  /** Attempts in a row that found it down. */
  failures: v.number(),
  /** The first attempt since the last success that was not one. */
  failingSince: v.optional(Instant),
  /** Deliveries that wait for their next attempt; `isExact: false`: there are more. */
  waiting: v.object({ count: v.number(), isExact: v.boolean() }),
});

/** An endpoint, as the API answers it: all but its secrets and the values of its headers. */
export const EndpointView = v.object({
  tenant: v.string(),
  id: v.string(),
  ...v.omit(EndpointFields, ['description', 'headers', 'metadata', 'filter']).entries,
  filter: v.optional(StoredFilter),
  description: v.string(),
  /** By name only: their values are secrets. */
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
  /** Where one endpoint is asked for. */
  breaker: v.optional(BreakerView),
});

/** A secret that is shown: the only places are its creation, its rotation and the explicit call. */
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
  /** What is sent, as text; absent when it is past its retention. */
  body: v.optional(v.string()),
});

/** A delivery that is sent again. */
export const RetriedView = v.object({
  ...DeliveryView.entries,
  /** Its endpoint is disabled: it waits until that is enabled. */
  willBeHeld: v.boolean(),
});

export const PublishBody = v.strictObject({
  id: v.optional(EventId),
  type: EventType,
  data: v.unknown(),
  endpointId: v.optional(EndpointId),
});
export const PublishedView = v.object({
  id: v.string(),
  /** The event is there already: what was still missing is sent, and with `200` nothing was. */
  repeated: v.optional(v.boolean()),
  /** The tenant has no endpoint that takes it. */
  unmatched: v.optional(v.boolean()),
  /** Its endpoint is disabled: it waits until that is enabled. */
  willBeHeld: v.optional(v.boolean()),
  /** The same for a person. */
  notice: v.optional(v.string()),
});

/** Payloads that one test of a filter looks at, at most. */
const maxTested = 50;

export const FilterTest = v.strictObject({
  /** Absent: the endpoint's own. */
  filter: v.optional(PayloadFilter),
  /** Absent: the endpoint's own. */
  eventTypes: v.optional(EndpointFields.entries.eventTypes),
  /** Payloads to try; absent: those of the tenant's recent events. */
  examples: v.optional(v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(maxTested))),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxTested)), 20),
});
export const FilterTestView = v.object({
  tested: v.number(),
  matched: v.number(),
  results: v.array(
    v.object({
      /** Of the example that was given, counted from 0. */
      example: v.optional(v.number()),
      eventId: v.optional(v.string()),
      eventType: v.optional(v.string()),
      matches: v.boolean(),
      /** It is of a type that is not subscribed to. */
      otherType: v.optional(v.boolean()),
      /** The parts of the filter that keep it out, by their places, e.g. `all.1`. */
      failed: v.array(v.object({ place: v.string(), part: StoredFilter })),
    }),
  ),
});

/** Two of them, and what is beside them, are an item of DynamoDB's 400 KB at most. */
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
  /** Failed deliveries when it began; `isExact` is false when counting was cut short. */
  estimate: v.object({ count: v.number(), isExact: v.boolean(), ofEarlierEndpoint: v.optional(v.number()) }),
  toCurrentEndpoint: v.boolean(),
  replayed: v.number(),
  refused: v.number(),
  /** Of the refused, those for an earlier endpoint of the id. */
  ofEarlierEndpoint: v.number(),
  createdAt: Instant,
  updatedAt: Instant,
});
export const EstimateView = v.object({
  count: v.number(),
  isExact: v.boolean(),
  /** Beside them: those for an earlier endpoint of the id, which are sent again only on purpose. */
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

/** RFC 9457. */
export const ProblemView = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
