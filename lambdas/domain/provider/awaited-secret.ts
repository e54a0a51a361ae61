import * as v from 'valibot';
import { parseJson } from '../json.ts';
import type { SecretFormat } from '../signature/key.ts';
import { later, parseInstant, type Seconds, toIsoInstant, type UnixMillis } from '../time.ts';
import { parseSecretValue } from './secret.ts';

const Awaiting = v.object({ awaitHandshakeUntil: v.string() });

/** The value of a secret whose source waits for the provider's handshake: it is no key of any provider. */
export const awaitingValue = (until: UnixMillis): string =>
  JSON.stringify({ awaitHandshakeUntil: toIsoInstant(until) });

/** Where the secret of a provider that brings it itself is kept. */
export interface HandshakeSecretPort {
  /** Whether the source has no secret yet and its window for one is open. */
  isAwaited(now: UnixMillis): Promise<boolean>;
  /**
   * Stores the secret if the version that it finds is still one that awaits it.
   *
   * @returns false when it is not, or another handshake was first
   */
  store(secret: string, now: UnixMillis): Promise<boolean>;
}

/** The latest version of a secret, or the secret itself where it has none. */
export interface SecretState {
  /** Absent while the secret has no version. */
  readonly value?: string;
  readonly createdAt: UnixMillis;
}

/**
 * Whether a source takes the secret that a handshake brings.
 *
 * @param format of the provider: a version that holds a key of it awaits none
 */
export const awaits = (state: SecretState, format: SecretFormat, window: Seconds, now: UnixMillis): boolean =>
  parseSecretValue(state.value ?? '', format) === undefined && now < awaitedUntil(state, window);

/**
 * Until when a source takes the secret that a handshake brings.
 *
 * @param window how long it waits after the deploy
 */
export function awaitedUntil({ value, createdAt }: SecretState, window: Seconds): UnixMillis {
  const awaiting = v.safeParse(Awaiting, parseJson(value ?? ''));
  if (!awaiting.success) return later(createdAt, window);
  return parseInstant(awaiting.output.awaitHandshakeUntil) ?? createdAt;
}
