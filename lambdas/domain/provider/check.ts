import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { RefusalReason, Verification } from '../signature/verify.ts';
import type { Seconds, UnixMillis } from '../time.ts';

/** What a key server says. */
export interface KeyResponse {
  /** False when it has no such key. */
  readonly isThere: boolean;
  /** Bytes as Latin-1. */
  readonly text: string;
}

/** An application that its provider shows keys to: by OAuth's grant of client credentials. */
export interface ClientCredentials {
  readonly tokenUrl: URL;
  readonly id: string;
  readonly secret: string;
  readonly scope: string;
}

/** Requests to a provider's own servers, for keys that no dashboard shows. */
export interface ProviderCalls {
  /** Trusted roots, as PEM. */
  readonly roots: readonly string[];
  /**
   * Reads a key or a certificate; the answer is kept. Who calls has pinned the host and the path.
   *
   * @param json posted where it is given; a GET otherwise
   * @param client whom the server answers, where it does not answer everybody
   * @throws when the server cannot be reached or fails: nobody knows then whether the request is right
   */
  fetchKey(url: URL, json?: object, client?: ClientCredentials): Promise<KeyResponse>;
  /** Calls a URL whose answer does not matter, e.g. to confirm a subscription. @throws when it is not a 2xx */
  visit(url: URL): Promise<void>;
}

/** What a check needs beside the request and the keys. */
export interface CheckContext extends ProviderCalls {
  readonly now: UnixMillis;
  /** Allowed difference between the signed timestamp and now, both ways. */
  readonly tolerance: Seconds;
}

/**
 * Checks that a request is the provider's, where no scheme says how.
 *
 * Never throws on hostile input; compares in constant time.
 */
export type Check = (
  request: RawRequest,
  keys: readonly VerificationKey[],
  context: CheckContext,
) => Verification | Promise<Verification>;

export const accepted = { ok: true, family: '' } as const satisfies Verification;

export const refusedFor = (reason: RefusalReason): Verification => ({ ok: false, reason });
