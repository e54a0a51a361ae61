import * as v from 'valibot';
import { later, parseInstant, type Seconds, toIsoInstant, type UnixMillis } from '../time.ts';

const Awaiting = v.object({ awaitHandshakeUntil: v.string() });

/** The value of a secret whose source waits for the provider's handshake: it is no key of any provider. */
export const awaitingValue = (until: UnixMillis): string =>
  JSON.stringify({ awaitHandshakeUntil: toIsoInstant(until) });

/** Where the secret of a provider that brings it itself is kept. */
export interface HandshakeSecretPort {
  /** Whether the source has no secret yet and its window for one is open. */
  isAwaited(now: UnixMillis): Promise<boolean>;
  /** @returns false when another handshake was first */
  store(secret: string): Promise<boolean>;
}

/** The latest version of a secret, or the secret itself where it has none. */
export interface SecretState {
  /** Absent while the secret has no version. */
  readonly value?: string;
  readonly createdAt: UnixMillis;
}

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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
