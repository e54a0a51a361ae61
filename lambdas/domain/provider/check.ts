import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { RefusalReason, Verification } from '../signature/verify.ts';
import type { Seconds, UnixMillis } from '../time.ts';

/** Requests to a provider's own servers, for keys that no dashboard shows. */
export interface ProviderCalls {
  /** Trusted roots, as PEM. */
  readonly roots: readonly string[];
  /**
   * Reads a key or a certificate; it is kept, since it does not change. Who calls has pinned the host and the path.
   *
   * @param json posted where it is given; a GET otherwise
   * @returns undefined when the server says that there is none
   * @throws when the server cannot be reached: nobody knows then whether the request is right
   */
  fetchKey(url: URL, json?: object): Promise<string | undefined>;
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
