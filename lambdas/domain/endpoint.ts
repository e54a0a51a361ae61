import * as v from 'valibot';
import { checkUrl, type DestinationRules, hostOf } from './destination-rules.ts';
import { changedHeaders, HeaderChanges, type KeptHeaders, NewHeaders } from './endpoint-headers.ts';
import type { SealedSecret } from './endpoint-secret.ts';
import { asTenantId, type DeliveryId, type EndpointId, type EventId, type TenantId } from './ids.ts';
import { PayloadFilter } from './payload-filter.ts';
import { StorableNumber, StorableText } from './storable.ts';
import { days, millis, type UnixMillis } from './time.ts';
import { maxUrlLength } from './url-text.ts';

/** Why an endpoint is disabled. */
export const disableReasons = ['gone', 'failing', 'manual'] as const;
type DisableReason = (typeof disableReasons)[number];

/** When and why an endpoint was disabled. */
export interface Disablement {
  readonly reason: DisableReason;
  readonly at: UnixMillis;
  /** The attempt that disabled the endpoint; absent when a person did. */
  readonly by?: {
    readonly deliveryId: DeliveryId;
    readonly eventId: EventId;
    readonly eventType: string;
    readonly attempt: number;
    readonly outcome: string;
  };
}

/** The fields of an endpoint that a tenant decides about. */
export interface EndpointSettings {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly filter?: PayloadFilter;
  /** Headers of every request; their values are sealed. */
  readonly headers: KeptHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  /** Requests a second; absent means no limit. */
  readonly maxPerSecond?: number;
  /** Concurrent requests; absent means the stack's setting. */
  readonly maxConcurrent?: number;
  /** Seconds, at most the stack's setting. */
  readonly timeout?: number;
  /** Seconds before attempt 2, 3, …; absent means the stack's setting. */
  readonly retryDelays?: readonly number[];
}

/** The URL of a subscriber, with its own secret. */
export interface Endpoint extends EndpointSettings {
  readonly tenant: TenantId;
  /** Unique within its tenant. */
  readonly id: EndpointId;
  /** Identifies it among all endpoints that have had its id; absent on endpoints from before there were generations. */
  readonly generation?: string;
  readonly status: 'enabled' | 'disabled';
  readonly disabled?: Disablement;
  /** The current secret first; earlier ones also sign until they end. */
  readonly secrets: readonly SealedSecret[];
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  /** Raised by every change that a user makes: the ETag. */
  readonly version: number;
  /** Since when it has deliveries to release or a disablement to report; undefined when there is nothing to do. */
  readonly attentionAt?: UnixMillis;
  /** When it was first found without held deliveries. */
  readonly heldEmptyAt?: UnixMillis;
}

/** Whether it is disabled because of its responses, and not by a person. */
export const isDisabledByUs = ({ status, disabled }: Pick<Endpoint, 'status' | 'disabled'>): boolean =>
  status === 'disabled' && disabled !== undefined && disabled.reason !== 'manual';

const atMost = (count: number) =>
  v.check(
    (map: Readonly<Record<string, string>>) => Object.keys(map).length <= count,
    `at most ${count} of them`,
  );

/** Not `.` or `..`, which are not names in a path. */
export const Tenant = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ . -, and neither . nor ..'),
  v.transform(asTenantId),
);
const EventTypePattern = v.pipe(
  v.string(),
  v.regex(
    /^(\*|(?=.{1,128}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/,
    '*, invoice.* or invoice.paid: at most 128 of A-Z a-z 0-9 _ - . *',
  ),
);
/** A week: most receivers have no use for an older event. */
const maxRetryDelay = days(7);
const maxRetries = 50;
const maxTimeout = 300;

/** The longest time that a delivery is tried. */
export const slowestSchedule = {
  retryDelays: Array.from({ length: maxRetries }, () => maxRetryDelay),
  attemptTimeout: millis(maxTimeout * 1000),
};

const Metadata = v.pipe(
  v.record(v.pipe(StorableText, v.minLength(1), v.maxLength(64)), v.pipe(StorableText, v.maxLength(512))),
  atMost(32),
);
const RetryDelays = v.pipe(
  v.array(v.pipe(StorableNumber, v.minValue(0), v.maxValue(maxRetryDelay))),
  v.maxLength(maxRetries),
);

/** The fields of an endpoint that a tenant decides about. */
const fields = {
  url: v.pipe(
    v.string(),
    v.trim(),
    v.maxLength(maxUrlLength),
    v.check((url) => !url.includes('#'), 'a URL without # and what is behind it, which is never sent'),
  ),
  description: v.pipe(StorableText, v.maxLength(256)),
  eventTypes: v.pipe(v.array(EventTypePattern), v.minLength(1), v.maxLength(100)),
  metadata: Metadata,
};
/** The optional fields of an endpoint. */
const optionalFields = {
  filter: PayloadFilter,
  maxPerSecond: v.pipe(v.number(), v.minValue(0.01), v.maxValue(1000)),
  maxConcurrent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  timeout: v.pipe(v.number(), v.minValue(1), v.maxValue(maxTimeout)),
  retryDelays: RetryDelays,
};

/** A new endpoint's fields, as the management API takes them. */
export const EndpointFields = v.strictObject({
  ...fields,
  description: v.optional(fields.description, ''),
  headers: v.optional(NewHeaders, {}),
  metadata: v.optional(fields.metadata, {}),
  filter: v.optional(optionalFields.filter),
  maxPerSecond: v.optional(optionalFields.maxPerSecond),
  maxConcurrent: v.optional(optionalFields.maxConcurrent),
  timeout: v.optional(optionalFields.timeout),
  retryDelays: v.optional(optionalFields.retryDelays),
});

/** Changes of an endpoint: absent fields stay, fields with null are removed; headers are changed one by one. */
export const EndpointChanges = v.strictObject({
  url: v.optional(fields.url),
  description: v.optional(fields.description),
  eventTypes: v.optional(fields.eventTypes),
  headers: v.nullish(HeaderChanges),
  metadata: v.optional(fields.metadata),
  filter: v.nullish(optionalFields.filter),
  maxPerSecond: v.nullish(optionalFields.maxPerSecond),
  maxConcurrent: v.nullish(optionalFields.maxConcurrent),
  timeout: v.nullish(optionalFields.timeout),
  retryDelays: v.nullish(optionalFields.retryDelays),
});
export type EndpointChanges = v.InferOutput<typeof EndpointChanges>;

/** Applies changes to the settings. The values of new headers are not sealed yet. */
export function changedSettings(settings: EndpointSettings, changes: EndpointChanges): EndpointSettings {
  const { url, description, eventTypes, metadata, filter } = settings;
  const { maxPerSecond, maxConcurrent, timeout, retryDelays } = settings;
  const before = {
    url,
    description,
    eventTypes,
    metadata,
    filter,
    maxPerSecond,
    maxConcurrent,
    timeout,
    retryDelays,
  };
  const { headers: ofHeaders, ...others } = changes;
  const headers = ofHeaders === undefined ? settings.headers : changedHeaders(settings.headers, ofHeaders);
  const made = Object.entries(others).filter(([, value]) => value !== undefined);
  const set = Object.fromEntries(made.map(([name, value]) => [name, value ?? undefined]));
  return { ...before, ...set, headers };
}

/**
 * Checks settings against the deployment: where requests may go, and how long they may take.
 *
 * @returns the fault, if there is one
 */
export function checkFields(
  { url, timeout }: Pick<EndpointSettings, 'url' | 'timeout'>,
  rules: DestinationRules,
  maxTimeoutSeconds: number,
): { readonly field: 'url' | 'timeout'; readonly reason: string } | undefined {
  const checked = checkUrl(url, rules);
  if (!checked.ok) return { field: 'url', reason: checked.reason };
  // Refused without asking a resolver, because such an endpoint could only fail.
  if (!checked.isLocal && /(^|\.)localhost$/.test(hostOf(checked.url)))
    return { field: 'url', reason: 'localhost is not a public address' };
  if (!checked.isLocal && !/[.:]/.test(hostOf(checked.url)))
    return { field: 'url', reason: 'expected the full name of a host, as hooks.example.com' };
  return timeout !== undefined && timeout > maxTimeoutSeconds
    ? { field: 'timeout', reason: `at most ${maxTimeoutSeconds} s, the deployment's attemptTimeout` }
    : undefined;
}

/** A hint for the first try on a laptop; empty for any other URL. */
export function localHint(url: string, { localEndpoints }: DestinationRules): string {
  const host = URL.parse(url)?.hostname ?? '';
  const isLocal = /^(localhost|127\.|\[::1\])/.test(host);
  return isLocal && !localEndpoints
    ? '; for work on a laptop, npm start sets the context hookline:localEndpoints=true, which allows http to this machine'
    : '';
}
