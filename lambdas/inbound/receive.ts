import { type EventHeading, packEvent } from '../domain/event.ts';
import { isAllowedAddress } from '../domain/ip-range.ts';
import type { Answer } from '../domain/provider/handshake.ts';
import type { Provider, Source } from '../domain/provider/provider.ts';
import { type ProviderEvent, readEvents } from '../domain/provider/read-events.ts';
import { verifyRequest } from '../domain/provider/verify-request.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import type { VerificationKey } from '../domain/signature/key.ts';
import { headerName } from '../domain/signature/scheme.ts';
import type { Verification } from '../domain/signature/verify.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { SourceKeys } from './source-keys.ts';

/** What the receiver needs of the outside world. */
export interface ReceivePorts {
  readonly keys: {
    current(now: UnixMillis): Promise<SourceKeys>;
    reread(now: UnixMillis): Promise<SourceKeys | undefined>;
  };
  putBody(key: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when every message is on the queue. */
  enqueue(messages: readonly OutgoingEvent[]): Promise<void>;
}

/** One event for the queue. */
export interface OutgoingEvent {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** The classes of refusal, as the answer names them. */
type RefusalError =
  | 'payload_too_large'
  | 'forbidden_address'
  | 'invalid_signature'
  | 'invalid_timestamp'
  | 'invalid_body'
  | 'secret_not_set'
  | 'unavailable';

/** What became of a request. */
export type Reception =
  | { readonly kind: 'accepted'; readonly events: readonly ProviderEvent[] }
  /** A test of the URL: it has its own answer and is no event. */
  | { readonly kind: 'handshake'; readonly answer: Answer }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 401 | 403 | 413 | 503;
      readonly error: RefusalError;
      /** For the log only. */
      readonly reason: string;
      readonly cause?: Error;
    };
type Refusal = Extract<Reception, { kind: 'refused' }>;

/**
 * Takes one request in: cheap checks first, then the signature over the raw bytes, and only then its meaning.
 *
 * Nothing is accepted before the queue has it; what cannot be checked or enqueued now is answered 503, so that the
 * provider sends it again.
 *
 * @param correlationId names this request in every log line up to the handler
 */
export async function receive(
  request: RawRequest,
  source: Source,
  correlationId: string,
  now: UnixMillis,
  ports: ReceivePorts,
): Promise<Reception> {
  const { settings, provider } = source;
  if (request.body.byteLength > settings.maxBodyBytes) {
    return refused(413, 'payload_too_large', `${request.body.byteLength} bytes`);
  }
  if (!isAllowedAddress(request.sourceIp, settings.allowedCidrs)) {
    return refused(403, 'forbidden_address', request.sourceIp);
  }
  const seen = settings.publicUrl === undefined ? request : withUrl(request, settings.publicUrl);
  const unsigned = await unsignedHandshake(seen, source, now, ports);
  if (unsigned !== undefined) return unsigned;
  const verification = await verifyWithFreshKeys(seen, source, now, ports);
  if ('kind' in verification) return verification;
  if (!verification.ok) return refusedSignature(verification.reason);
  const signed = provider.handshake?.signed?.(seen, verification.keys);
  if (signed !== undefined) return { kind: 'handshake', answer: signed };
  if (request.method !== 'POST') return refused(400, 'invalid_body', `${request.method} without a handshake`);
  const idRule = settings.eventId === 'body' ? ({ from: 'hash' } as const) : provider.id;
  const { family } = verification;
  const read = readEvents(provider, request, { family, idRule, requestId: correlationId });
  if (!read.ok) return refused(400, 'invalid_body', read.reason);
  const headers = forwardedHeaders(request, provider, family);
  const common = { v: 1 as const, source: settings.name, provider: settings.provider, receivedAt: now };
  return enqueueAll(read.events, { ...common, correlationId, headers }, ports);
}

/** What the provider signs where a proxy stands in front; the query is the caller's. */
function withUrl(request: RawRequest, publicUrl: string): RawRequest {
  const at = request.url.indexOf('?');
  return { ...request, url: at < 0 ? publicUrl : publicUrl + request.url.slice(at) };
}

async function unsignedHandshake(
  request: RawRequest,
  { provider }: Source,
  now: UnixMillis,
  { keys }: ReceivePorts,
): Promise<Reception | undefined> {
  const answerTo = provider.handshake?.unsigned;
  if (answerTo === undefined) return undefined;
  try {
    const found = await keys.current(now);
    const answer = answerTo(request, found.kind === 'keys' ? found.keys : []);
    return answer && { kind: 'handshake', answer };
  } catch (error) {
    return unavailable('the secret could not be read', error);
  }
}

/** Verifies; where that fails with the keys at hand, a key may be new, so the secret is read again. */
async function verifyWithFreshKeys(
  request: RawRequest,
  { settings, provider }: Source,
  now: UnixMillis,
  { keys }: ReceivePorts,
): Promise<(Verification & { readonly keys: readonly VerificationKey[] }) | Refusal> {
  const check = (found: SourceKeys) =>
    found.kind === 'keys'
      ? { ...verifyRequest(provider, request, found.keys, settings.tolerance, now), keys: found.keys }
      : refused(503, 'secret_not_set', `set it with: hookline secrets set ${settings.name}`);
  try {
    const first = check(await keys.current(now));
    if ('kind' in first || first.ok || first.reason !== 'mismatch') return first;
    const reread = await keys.reread(now);
    return reread ? check(reread) : first;
  } catch (error) {
    // Not 401: the request may be signed with a key that could not be read.
    return unavailable('the secret could not be read', error);
  }
}

async function enqueueAll(
  events: readonly ProviderEvent[],
  common: Omit<EventHeading, 'id' | 'type'>,
  ports: ReceivePorts,
): Promise<Reception> {
  const packed = events.map(({ id, type, body }) => packEvent({ ...common, id, type }, body));
  const messages = packed.map(({ message }, index) => ({
    body: message,
    attributes: { ...events[index]?.attributes, source: common.source, eventType: events[index]?.type },
  }));
  try {
    const stored = packed.map((event) => event.stored).filter((body) => body !== undefined);
    await Promise.all(stored.map(({ key, bytes }) => ports.putBody(key, bytes)));
    if (messages.length > 0) await ports.enqueue(messages);
  } catch (error) {
    return unavailable('the event could not be enqueued', error);
  }
  return { kind: 'accepted', events };
}

function forwardedHeaders(request: RawRequest, provider: Provider, family: string): Record<string, string> {
  const names = ['content-type', 'user-agent', ...provider.forward.map((name) => headerName(name, family))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = request.headers.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const refusedSignature = (reason: Extract<Verification, { ok: false }>['reason']): Refusal =>
  refused(
    401,
    ['too-old', 'too-new', 'malformed-timestamp'].includes(reason)
      ? 'invalid_timestamp'
      : 'invalid_signature',
    reason,
  );

const unavailable = (reason: string, error: unknown): Refusal => ({
  ...refused(503, 'unavailable', reason),
  cause: error instanceof Error ? error : new Error(String(error)),
});

function refused(status: Refusal['status'], error: RefusalError, reason: string): Refusal {
  return { kind: 'refused', status, error, reason };
}
