import { asError } from '../domain/errors.ts';
import type { HandshakeResponse } from '../domain/provider/handshake.ts';
import type { ProviderEvent } from '../domain/provider/read-events.ts';
import type { RefusalReason } from '../domain/signature/verify.ts';

/** The classes of refusal, as the response names them. */
type RefusalError =
  | 'payload_too_large'
  | 'forbidden_address'
  | 'invalid_signature'
  | 'invalid_timestamp'
  | 'invalid_body'
  | 'secret_not_set'
  | 'unavailable';

/** The result of a request. */
export type ReceiveResult =
  | { readonly kind: 'accepted'; readonly events: readonly ProviderEvent[] }
  /** A handshake has its own response and is not an event. */
  | { readonly kind: 'handshake'; readonly response: HandshakeResponse }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 401 | 403 | 413 | 503;
      readonly error: RefusalError;
      /** For the log only. */
      readonly reason: string;
      readonly cause?: Error;
    };
/** The end of a request that has no events. */
export type NoEvents = Exclude<ReceiveResult, { kind: 'accepted' }>;
export type Refusal = Extract<ReceiveResult, { kind: 'refused' }>;

export const refusedSignature = (reason: RefusalReason): Refusal =>
  refused(
    401,
    ['too-old', 'too-new', 'malformed-timestamp'].includes(reason)
      ? 'invalid_timestamp'
      : 'invalid_signature',
    reason,
  );

export const unavailable = (reason: string, error: unknown): Refusal => ({
  ...refused(503, 'unavailable', reason),
  cause: asError(error),
});

export function refused(status: Refusal['status'], error: RefusalError, reason: string): Refusal {
  return { kind: 'refused', status, error, reason };
}
