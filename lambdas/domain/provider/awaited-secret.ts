import * as v from 'valibot';
import { parseJson } from '../json.ts';
import type { SecretFormat } from '../signature/key.ts';
import { later, parseInstant, type Seconds, toIsoInstant, type UnixMillis } from '../time.ts';
import { parseSecretValue } from './secret.ts';

const Awaiting = v.object({ awaitHandshakeUntil: v.string() });

/** The value of a secret whose source waits for the provider's handshake. No provider accepts it as a key. */
export const awaitingValue = (until: UnixMillis): string =>
  JSON.stringify({ awaitHandshakeUntil: toIsoInstant(until) });

/** Stores the secret of a provider that sends it by a handshake. */
export interface HandshakeSecretStore {
  /** Whether the source has no secret yet and its handshake window is open. */
  isAwaited(now: UnixMillis): Promise<boolean>;
  /**
   * Stores the secret if the current version still awaits one.
   *
   * @returns false when the secret is set already, e.g. by another handshake
   */
  store(secret: string, now: UnixMillis): Promise<boolean>;
}

/** The latest version of a secret; without any version, the secret itself. */
export interface SecretState {
  /** Absent while the secret has no version. */
  readonly value?: string;
  readonly createdAt: UnixMillis;
}

/**
 * Whether a source accepts the secret of a handshake.
 *
 * @param format the provider's; a version that holds a key in it awaits no other
 */
export const awaits = (state: SecretState, format: SecretFormat, window: Seconds, now: UnixMillis): boolean =>
  parseSecretValue(state.value ?? '', format) === undefined && now < awaitedUntil(state, window);

/**
 * Until when a source accepts the secret of a handshake.
 *
 * @param window how long it waits after the deploy
 */
export function awaitedUntil({ value, createdAt }: SecretState, window: Seconds): UnixMillis {
  const awaiting = v.safeParse(Awaiting, parseJson(value ?? ''));
  if (!awaiting.success) return later(createdAt, window);
  return parseInstant(awaiting.output.awaitHandshakeUntil) ?? createdAt;
}
