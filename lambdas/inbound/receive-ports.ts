import type { HandshakeSecretPort } from '../domain/provider/awaited-secret.ts';
import type { ProviderCalls } from '../domain/provider/check.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { SourceKeys } from './source-keys.ts';

export interface ReceivePorts {
  readonly keys: {
    current(now: UnixMillis): Promise<SourceKeys>;
    reread(now: UnixMillis): Promise<SourceKeys | undefined>;
    /** What is known of the secret counts no more: it was stored just now. */
    forget(): void;
  };
  /** For a provider that brings its secret itself. */
  readonly handshakeSecret: HandshakeSecretPort;
  /** Requests to the provider's servers. */
  readonly calls: ProviderCalls;
  /**
   * Notes that a token came with a body.
   *
   * @param fingerprint the same for the same body
   * @returns false when it came before with another one
   */
  useOnce(token: string, fingerprint: string, now: UnixMillis): Promise<boolean>;
  putBody(key: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when every message is on the queue. */
  enqueue(messages: readonly OutgoingEvent[]): Promise<void>;
}

/** One event for the queue. */
export interface OutgoingEvent {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}
