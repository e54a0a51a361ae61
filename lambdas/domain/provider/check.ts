import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { RefusalReason, Verification } from '../signature/verify.ts';
import type { Seconds, UnixMillis } from '../time.ts';

/** The response of a key server. */
export interface KeyResponse {
  /** False when the server has no such key. */
  readonly isThere: boolean;
  /** The body's bytes as Latin-1. */
  readonly text: string;
}

/** Credentials for a key server that answers only registered applications: OAuth's client credentials grant. */
export interface ClientCredentials {
  readonly tokenUrl: URL;
  readonly id: string;
  readonly secret: string;
  readonly scope: string;
}

/** Requests to a provider's own servers, e.g. for keys that no dashboard shows. */
export interface ProviderCalls {
  /** Trusted roots, as PEM. To read them takes some milliseconds. */
  roots(): readonly string[];
  /**
   * Fetches a key or a certificate, and caches it. The caller must have checked the host and the path.
   *
   * @param json the body of a POST; without it the request is a GET
   * @param client the credentials, if the server needs any
   * @throws when the server cannot be reached or fails: then it is unknown whether the request is genuine
   */
  fetchKey(url: URL, json?: object, client?: ClientCredentials): Promise<KeyResponse>;
  /** Calls a URL, e.g. to confirm a subscription. @throws when the status is not 2xx */
  visit(url: URL): Promise<void>;
}

/** The context of a check, beside the request and the keys. */
export interface CheckContext extends ProviderCalls {
  readonly now: UnixMillis;
  /** Allowed difference between the signed timestamp and now, both ways. */
  readonly tolerance: Seconds;
}

/**
 * Verifies a request of a provider whose signature no `SignatureScheme` can describe.
 *
 * Never throws on hostile input; compares in constant time.
 */
export type Check = (
  request: RawRequest,
  keys: readonly VerificationKey[],
  context: CheckContext,
) => Verification | Promise<Verification>;

export const accepted = { ok: true, family: '' } as const satisfies Verification;

/** @param signedAt the signed timestamp */
export const acceptedAt = (signedAt: UnixMillis): Verification => ({ ...accepted, signedAt });

export const refusedFor = (reason: RefusalReason): Verification => ({ ok: false, reason });
