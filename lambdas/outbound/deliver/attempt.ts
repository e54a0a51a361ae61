import type { AttemptOutcome } from '../../domain/attempt-outcome.ts';
import type { Failure } from '../../domain/delivery-failure.ts';
import type { ClaimedDelivery, DeliveryFacts } from '../../domain/delivery-record.ts';
import type { TaskQueue } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { isForEarlierEndpoint } from '../../domain/endpoint-generation.ts';
import type { OpenHeaders } from '../../domain/endpoint-headers.ts';
import type { SigningKey } from '../../domain/endpoint-secret.ts';
import { asError } from '../../domain/errors.ts';
import { outboundEventKey } from '../../domain/outbound-event.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { signatureHeaders } from '../../domain/outgoing-signature.ts';
import { isCut } from '../../domain/request-deadline.ts';
import { AlteredBodyError } from '../../domain/stored-body.ts';
import { type Millis, millis, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts, SignedRequest } from '../ports.ts';
import type { ResolvedDestination } from './admit.ts';
import { endForEarlierEndpoint } from './endpoint-of-task.ts';
import type { ClaimedWork } from './finish.ts';
import { pastDeadline } from './past-deadline.ts';
import type { ClaimEnd } from './plan-after.ts';

export type AttemptPorts = Pick<
  OutboundPorts,
  'now' | 'endpoints' | 'readPayload' | 'signingKeys' | 'endpointKeys' | 'endpointHeaders' | 'post'
>;

/** One invocation of the function. */
export interface Invocation {
  /** The queue that its batch came from. */
  readonly queue: TaskQueue;
  /** Whether this much time is left. */
  hasTime(span: Millis): boolean;
}

/** Time that an attempt needs beyond its deadline: for the sample of the body, and the record. */
const afterTheHead = millis(1_000);
const toRecord = millis(5_000);

/**
 * Makes one attempt of a claimed delivery, if one may be made. Records nothing.
 *
 * @param deadline of the request
 * @returns `too late` when too little of the lease or the invocation is left: another worker makes the attempt
 */
export async function attempt(
  { delivery, payload: cached }: ClaimedWork,
  { settings, endpoint }: ResolvedDestination,
  { invocation, deadline }: { readonly invocation: Invocation; readonly deadline: Millis },
  ports: AttemptPorts,
): Promise<ClaimEnd | { readonly kind: 'too late' }> {
  if (endpoint && isForEarlierEndpoint(delivery, endpoint)) return endForEarlierEndpoint(delivery, ports);
  const failure = reasonToEnd(delivery, settings, ports.now());
  if (failure !== undefined) return { kind: 'failed', ...failure };
  const content = await contentOf(delivery, cached, endpoint, ports);
  // Something other than this code wrote the record, so waiting does not help.
  if (content instanceof AlteredBodyError)
    return { kind: 'failed', cause: 'payload-altered', reason: content.message };
  if (content instanceof Error) return { kind: 'unready', error: content };
  const { keys, headers: own, payload } = content;
  if (payload === undefined)
    return { kind: 'failed', cause: 'payload-missing', reason: 'its payload is past its retention' };
  const startedAt = ports.now();
  if (!mayStart(delivery, startedAt, settings, invocation)) return { kind: 'too late' };
  const body = Buffer.from(payload);
  const headers = headersFor(delivery, own, { body, now: startedAt, keys }, settings);
  const url = endpoint?.url ?? delivery.url ?? '';
  const outcome = await posted({ url, headers, body, timeout: deadline }, ports);
  if (outcome instanceof Error) return { kind: 'unready', error: outcome };
  const took = millis(ports.now() - startedAt);
  if (isCut({ outcome, took, deadline }, settings)) return { kind: 'cut', took };
  return { kind: 'made', outcome, startedAt, took };
}

/** @returns why no further attempt is made; undefined when one is */
function reasonToEnd(
  delivery: ClaimedDelivery,
  settings: OutboundSettings,
  now: UnixMillis,
): Failure | undefined {
  const { crashes, attempts } = delivery;
  if (crashes > settings.maxCrashes)
    return { cause: 'crashed', reason: `crashed: ${crashes} workers died in attempt ${attempts + 1}` };
  return now >= delivery.deadline ? pastDeadline(delivery) : undefined;
}

/** The request's content, and the keys that sign it. */
interface Content {
  readonly keys: readonly SigningKey[];
  readonly headers: OpenHeaders;
  readonly payload?: string;
}

/** @returns an error when the payload or a secret cannot be read now; that is neither the endpoint's fault nor a crash */
async function contentOf(
  { tenant, eventId }: DeliveryFacts,
  cached: string | undefined,
  endpoint: Endpoint | undefined,
  { now, readPayload, signingKeys, endpointKeys, endpointHeaders }: AttemptPorts,
): Promise<Content | Error> {
  try {
    const keys = await (endpoint ? endpointKeys(endpoint, now()) : signingKeys(now()));
    const headers = endpoint ? await endpointHeaders(endpoint, now()) : {};
    return { keys, headers, payload: cached ?? (await readPayload(outboundEventKey(tenant, eventId))) };
  } catch (error) {
    return asError(error);
  }
}

/** A request must end before the claim and the invocation do. */
function mayStart(
  { leaseUntil }: ClaimedDelivery,
  now: UnixMillis,
  settings: OutboundSettings,
  invocation: Invocation,
): boolean {
  const outlasts = now + settings.attemptTimeout + afterTheHead <= leaseUntil;
  return outlasts && hasTimeForAttempt(settings, invocation);
}

/** Whether an attempt of the longest allowed duration can still be recorded. */
export const hasTimeForAttempt = ({ attemptTimeout }: OutboundSettings, { hasTime }: Invocation): boolean =>
  hasTime(millis(attemptTimeout + afterTheHead + toRecord));

/** Sends a request. @returns the error, if a fault of our own kept it from being sent */
async function posted(request: SignedRequest, { post }: AttemptPorts): Promise<AttemptOutcome | Error> {
  try {
    return await post(request);
  } catch (error) {
    return asError(error);
  }
}

interface ToSign {
  readonly body: Uint8Array;
  readonly now: UnixMillis;
  readonly keys: readonly SigningKey[];
}

/** An endpoint's own headers can replace `Accept` only: the API rejects the other names. */
const headersFor = (
  { tenant, eventId }: DeliveryFacts,
  own: OpenHeaders,
  { body, now, keys }: ToSign,
  { userAgent }: OutboundSettings,
): Readonly<Record<string, string>> => ({
  Accept: '*/*',
  ...own,
  'Content-Type': 'application/json',
  'User-Agent': userAgent,
  // This header is not signed, because it says which secret to verify with. The signed body contains the tenant, too.
  ...(tenant !== '' && { 'X-Webhook-Tenant': tenant }),
  ...signatureHeaders(keys, { eventId, timestamp: toUnixSeconds(now), body }),
});
