import { type EventHeading, packEvent } from '../domain/event.ts';
import { bodyHash } from '../domain/provider/body-hash.ts';
import { mayBeEvent, withContent } from '../domain/provider/event-content.ts';
import { idRuleOf } from '../domain/provider/id-rule.ts';
import { parsePayload } from '../domain/provider/payload.ts';
import type { CheckedSource, Provider, Source } from '../domain/provider/provider.ts';
import { type ProviderEvent, readEvents } from '../domain/provider/read-events.ts';
import { readField } from '../domain/provider/read-field.ts';
import { verifyRequest } from '../domain/provider/verify-request.ts';
import { type RawRequest, withPublicUrl } from '../domain/raw-request.ts';
import type { VerificationKey } from '../domain/signature/key.ts';
import { headerName } from '../domain/signature/scheme.ts';
import type { Verification } from '../domain/signature/verify.ts';
import type { UnixMillis } from '../domain/time.ts';
import { signedHandshake, storeHandshakeSecret, unsignedHandshake } from './handshake.ts';
import type { InboundPorts } from './ports.ts';
import {
  type NoEvents,
  type ReceiveResult,
  type Refusal,
  refused,
  refusedSignature,
  unavailable,
} from './receive-result.ts';
import type { SourceKeys } from './source-keys.ts';

export type CheckPorts = Pick<InboundPorts, 'keys' | 'handshakeSecret' | 'calls' | 'useOnce'>;
export type ReceivePorts = CheckPorts & Pick<InboundPorts, 'putBody' | 'enqueue'>;

/**
 * Checks one request and enqueues its events: cheap checks first, then the signature over the raw bytes, then the payload.
 *
 * A request is accepted only after the queue has its events. If it cannot be checked or enqueued now, it is refused with
 * 503, and the provider sends it again.
 *
 * @param correlationId names this request in every log line up to the handler
 */
export async function receive(
  request: RawRequest,
  source: Source,
  correlationId: string,
  now: UnixMillis,
  ports: ReceivePorts,
): Promise<ReceiveResult> {
  const checked = await checkRequest(request, source, correlationId, now, ports);
  if (checked.kind !== 'verified') return checked;
  const { name, provider } = source.settings;
  const common = { v: 1 as const, source: name, provider, receivedAt: now };
  return enqueueAll(checked.events, { ...common, correlationId, headers: checked.headers }, ports);
}

/** A request that verified, and its events. */
export interface VerifiedRequest {
  readonly kind: 'verified';
  readonly events: readonly ProviderEvent[];
  /** Those that the provider passes on; never a signature or a credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The signed timestamp, if the provider signs one. */
  readonly signedAt?: UnixMillis;
}

/** Checks one request: answers a handshake, refuses, or reads the events of a request that verifies. */
export async function checkRequest(
  request: RawRequest,
  source: CheckedSource,
  requestId: string,
  now: UnixMillis,
  ports: CheckPorts,
): Promise<NoEvents | VerifiedRequest> {
  const { settings, provider } = source;
  if (request.body.byteLength > settings.maxBodyBytes) {
    return refused(413, 'payload_too_large', `${request.body.byteLength} bytes`);
  }
  if (!(await isFromAllowed(request.sourceIp, settings.allowedCidrs))) {
    return refused(403, 'forbidden_address', request.sourceIp);
  }
  const seen = withPublicUrl(request, settings.publicUrl);
  const unsigned = await unsignedHandshake(seen, source, now, ports);
  if (unsigned !== undefined) return unsigned;
  const brought = await storeHandshakeSecret(seen, source, now, ports);
  if (brought !== undefined) return brought;
  const verification = await verifyWithFreshKeys(seen, source, now, ports);
  if ('kind' in verification) return verification;
  if (!verification.ok) return refusedSignature(verification.reason);
  const signed = await signedHandshake(seen, source, verification.keys, ports);
  if (signed !== undefined) return signed;
  if (!mayBeEvent(provider, request))
    return refused(400, 'invalid_body', `${request.method} without a handshake`);
  const idRule = idRuleOf(settings, provider);
  const { family } = verification;
  const read = readEvents(provider, withContent(provider, request), {
    family,
    idRule,
    requestId,
  });
  if (!read.ok) return refused(400, 'invalid_body', read.reason);
  const reused = await reusedToken(request, source, now, ports);
  if (reused !== undefined) return reused;
  const headers = forwardedHeaders(request, provider, family);
  return { kind: 'verified', events: read.events, headers, signedAt: verification.signedAt };
}

/** Loads the ranges' code on first use: few sources have any. */
async function isFromAllowed(address: string, cidrs: readonly string[]): Promise<boolean> {
  if (cidrs.length === 0) return true;
  const { isAllowedAddress } = await import('../domain/ip-range.ts');
  return isAllowedAddress(address, cidrs);
}

/** @returns a refusal if the once-only token of a request came before with another body */
async function reusedToken(
  request: RawRequest,
  { provider }: CheckedSource,
  now: UnixMillis,
  ports: CheckPorts,
): Promise<Refusal | undefined> {
  if (provider.onceOnly === undefined) return undefined;
  const { body } = request;
  const payload = parsePayload(body, provider.body);
  const token = readField(provider.onceOnly, { request, requestId: '', family: '', body, payload });
  if (token === undefined) return refusedSignature('malformed-body');
  try {
    const isFirst = await ports.useOnce(token, bodyHash(body), now);
    return isFirst ? undefined : refusedSignature('reused-token');
  } catch (error) {
    return unavailable('the token could not be noted', error);
  }
}

/** Verifies a request with the cached keys. If that fails, the secret is read again, because its key may be new. */
async function verifyWithFreshKeys(
  request: RawRequest,
  { settings, provider }: CheckedSource,
  now: UnixMillis,
  { keys, calls }: CheckPorts,
): Promise<(Verification & { readonly keys: readonly VerificationKey[] }) | Refusal> {
  const context = { ...calls, now, tolerance: settings.tolerance };
  const check = async (found: SourceKeys) =>
    found.kind === 'keys'
      ? { ...(await verifyRequest(provider, request, found.keys, context)), keys: found.keys }
      : refused(503, 'secret_not_set', notSetReason(settings.name, found.stored));
  try {
    const first = await check(await keys.current(now));
    if ('kind' in first || first.ok || first.reason !== 'mismatch') return first;
    const reread = await keys.reread(now);
    return reread ? check(reread) : first;
  } catch (error) {
    // Not 401: the request may be signed with a key that could not be read.
    return unavailable('the secret, or a key of the provider, could not be read', error);
  }
}

/** The reason, for the log, that a source has no key. @param stored describes a value that cannot be a key */
function notSetReason(name: string, stored: string | undefined): string {
  const advice = `set it with: hookline secrets set ${name}`;
  return stored === undefined ? advice : `it holds ${stored}; ${advice}`;
}

async function enqueueAll(
  events: readonly ProviderEvent[],
  common: Omit<EventHeading, 'id' | 'type'>,
  ports: ReceivePorts,
): Promise<ReceiveResult> {
  const packed = events.map(({ id, type, body, text }) => packEvent({ ...common, id, type }, body, text));
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
