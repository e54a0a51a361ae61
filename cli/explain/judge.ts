import { asError } from '../../lambdas/domain/errors.ts';
import type { ProviderCalls } from '../../lambdas/domain/provider/check.ts';
import { mayBeEvent, withContent } from '../../lambdas/domain/provider/event-content.ts';
import { idRuleOf } from '../../lambdas/domain/provider/id-rule.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { type ReadEvents, readEvents } from '../../lambdas/domain/provider/read-events.ts';
import { type DatedKey, parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { verifyRequest } from '../../lambdas/domain/provider/verify-request.ts';
import { type RawRequest, withPublicUrl } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { later, type UnixMillis } from '../../lambdas/domain/time.ts';

/** One version of a secret. */
interface SecretVersion {
  readonly value: string;
  readonly createdAt: UnixMillis;
}

/** The source that refused a request, with its settings and secrets. */
export interface ExplainedSource {
  readonly settings: SourceSettings;
  readonly provider: Provider;
  /** The current version of its secret. */
  readonly current?: SecretVersion;
  readonly previous?: SecretVersion;
  /** Its URLs. */
  readonly urls: readonly string[];
  /** Completes a command with the options for the same stack. @default no options */
  readonly commandFor?: (rest: string) => string;
}

type Events = Extract<ReadEvents, { ok: true }>['events'];

/** The receiver's decision about a request of an allowed size and address. */
export type ReceiverVerdict =
  | { readonly kind: 'accepted'; readonly events: Events }
  | { readonly kind: 'handshake'; readonly status: number }
  | { readonly kind: 'refused'; readonly check: FailedCheck; readonly reason: string };
type FailedCheck = 'secret' | 'keys' | 'signature' | 'time' | 'body';

/**
 * Judges a request as the receiver does; a test compares both on all vectors.
 *
 * Nothing is stored, enqueued or confirmed.
 *
 * @param at when the request arrived
 */
export async function judge(
  request: RawRequest,
  source: ExplainedSource,
  at: UnixMillis,
  calls: ProviderCalls,
): Promise<ReceiverVerdict> {
  const { settings, provider } = source;
  const keys = liveKeys(source, at);
  const publicRequest = withPublicUrl(request, settings.publicUrl);
  const unsigned = provider.handshake?.unsigned?.(publicRequest, keys);
  if (unsigned !== undefined) return { kind: 'handshake', status: unsigned.status };
  if (keys.length === 0)
    return refused('secret', source.current === undefined ? 'not set' : 'not a secret of this provider');
  try {
    const context = { ...calls, now: at, tolerance: settings.tolerance };
    const found = await verifyRequest(provider, publicRequest, keys, context);
    if (!found.ok) return refused(isAboutTime(found.reason) ? 'time' : 'signature', found.reason);
    const signed = await provider.handshake?.signed?.(publicRequest, keys, {
      ...calls,
      visit: async () => undefined,
    });
    return signed === undefined
      ? meaning(request, source, found.family)
      : { kind: 'handshake', status: signed.status };
  } catch (error) {
    return refused('keys', asError(error).message);
  }
}

const refused = (check: FailedCheck, reason: string): ReceiverVerdict => ({ kind: 'refused', check, reason });

const isAboutTime = (reason: string): boolean =>
  ['too-old', 'too-new', 'malformed-timestamp'].includes(reason);

function meaning(
  request: RawRequest,
  { settings, provider }: ExplainedSource,
  family: string,
): ReceiverVerdict {
  if (!mayBeEvent(provider, request)) return refused('body', `${request.method} without a handshake`);
  const idRule = idRuleOf(settings, provider);
  const carried = withContent(provider, request);
  const read = readEvents(provider, carried, { family, idRule, requestId: 'explain' });
  return read.ok ? { kind: 'accepted', events: read.events } : refused('body', read.reason);
}

/** The next command, ready to copy. */
export const commandOf = ({ commandFor }: ExplainedSource, rest: string): string =>
  commandFor?.(rest) ?? `npx hookline ${rest}`;

/** The keys that are valid at a time; during the overlap, also those of the previous version. */
export function liveKeys(source: ExplainedSource, at: UnixMillis): VerificationKey[] {
  const { current, previous, settings, provider } = source;
  const parsed = current && parseSecretValue(current.value, provider.secret);
  if (current === undefined || parsed === undefined) return [];
  const isOver = parsed.isList || at >= later(current.createdAt, settings.rotationOverlap);
  const older = isOver ? [] : keysIn(previous, provider);
  return [...parsed.keys, ...older]
    .filter(({ notAfter }) => notAfter === undefined || at < notAfter)
    .map(({ key }) => key);
}

/** All keys of both versions, also expired ones. */
export const knownKeys = ({ current, previous, provider }: ExplainedSource): VerificationKey[] =>
  [...keysIn(current, provider), ...keysIn(previous, provider)].map(({ key }) => key);

const keysIn = (version: SecretVersion | undefined, { secret }: Provider): readonly DatedKey[] =>
  (version && parseSecretValue(version.value, secret)?.keys) ?? [];
