import type { KeyObject } from 'node:crypto';
import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../../lambdas/domain/signature/key.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';

/** A request before it is signed. */
export interface Draft {
  readonly method: string;
  /** As the provider knows it: some sign it. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a provider signs with, and when. */
export interface Signing {
  /** What the source's secret holds. */
  readonly key: VerificationKey;
  /** Of the public key, where the source has one. */
  readonly privateKey?: KeyObject;
  /** The timestamp that is signed. */
  readonly at: UnixMillis;
  /** Of the message, where it is signed. */
  readonly messageId: string;
}

/** Signs as one provider does. */
export type Signer = (draft: Draft, signing: Signing) => Draft | Promise<Draft>;

/** Nobody but the provider can sign this, or not with what is here; the message says what to do. */
export class CannotSignError extends Error {
  override name = 'CannotSignError' as const;
}

export const withHeaders = (draft: Draft, headers: Readonly<Record<string, string>>): Draft => ({
  ...draft,
  headers: { ...draft.headers, ...headers },
});

/** The request as a receiver gets it. */
export const rawRequestOf = ({ method, url, headers, body }: Draft): RawRequest => ({
  method,
  url,
  body,
  headers: new Map(Object.entries(headers)),
  sourceIp: '192.0.2.1',
});
