import type { CheckedSource } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import { parseKey, type VerificationKey } from '../domain/signature/key.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { InboundPorts } from './ports.ts';
import { type NoEvents, refused, unavailable } from './receive-result.ts';

/** Responds to a handshake without a signature. @returns undefined if the request is not one */
export async function unsignedHandshake(
  request: RawRequest,
  { provider }: CheckedSource,
  now: UnixMillis,
  { keys }: Pick<InboundPorts, 'keys'>,
): Promise<NoEvents | undefined> {
  const responseTo = provider.handshake?.unsigned;
  if (responseTo === undefined) return undefined;
  try {
    const found = await keys.current(now);
    const response = responseTo(request, found.kind === 'keys' ? found.keys : []);
    return response && { kind: 'handshake', response };
  } catch (error) {
    return unavailable('the secret could not be read', error);
  }
}

/**
 * Stores the secret that a handshake brings, if the source awaits one. An existing secret is never replaced.
 *
 * @returns undefined if the request brings no secret, or the source has one
 */
export async function storeHandshakeSecret(
  request: RawRequest,
  { provider, settings }: CheckedSource,
  now: UnixMillis,
  { keys, handshakeSecret }: Pick<InboundPorts, 'keys' | 'handshakeSecret'>,
): Promise<NoEvents | undefined> {
  const brought = provider.handshake?.secretFromHandshake?.(request);
  // A value that is not a key would verify nothing, and keep the real secret out.
  if (brought === undefined || parseKey(brought.secret, provider.secret) === undefined) return undefined;
  try {
    if (await hasKeys(keys, now)) return undefined;
    const isTaken =
      (await handshakeSecret.isAwaited(now)) && (await handshakeSecret.store(brought.secret, now));
    if (isTaken) {
      keys.forget();
      return { kind: 'handshake', response: brought.response };
    }
    const advice = `a handshake came outside its window; open it with: hookline secrets await ${settings.name}`;
    return refused(503, 'secret_not_set', advice);
  } catch (error) {
    return unavailable('the secret of the handshake could not be stored', error);
  }
}

/**
 * Whether the source has a key. Cached keys may be minutes old, and a person may have opened the window since, so the
 * secret is read again.
 */
async function hasKeys(keys: InboundPorts['keys'], now: UnixMillis): Promise<boolean> {
  const known = await keys.current(now);
  if (known.kind !== 'keys') return false;
  return ((await keys.reread(now)) ?? known).kind === 'keys';
}

/** Responds to a handshake that verified. @returns undefined if the request is not one */
export async function signedHandshake(
  request: RawRequest,
  { provider }: CheckedSource,
  keys: readonly VerificationKey[],
  { calls }: Pick<InboundPorts, 'calls'>,
): Promise<NoEvents | undefined> {
  try {
    const response = await provider.handshake?.signed?.(request, keys, calls);
    return response && { kind: 'handshake', response };
  } catch (error) {
    return unavailable('the handshake could not be finished', error);
  }
}
