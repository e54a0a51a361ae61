import type { KeyObject } from 'node:crypto';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { UnixMillis } from '../../lambdas/domain/time.ts';

/** A request before it is signed. */
export interface Draft {
  readonly method: string;
  /** The URL as the provider knows it; some providers sign it. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The keys and values to sign with. */
export interface Signing {
  /** The key in the source's secret. */
  readonly key: VerificationKey;
  /** The private key for a source that holds a public key. */
  readonly privateKey?: KeyObject;
  /** The timestamp that is signed. */
  readonly at: UnixMillis;
  /** The message id, for schemes that sign one. */
  readonly messageId: string;
}

/** Signs as one provider does. */
export type Signer = (draft: Draft, signing: Signing) => Draft;

/** Only the provider can sign the request, or the given keys cannot. The message has the next step. */
export class CannotSignError extends Error {
  override name = 'CannotSignError' as const;
}

/** For a key that verifies and cannot sign. */
export const needsPrivateKey =
  'The source holds a public key, which cannot sign: pass the private key (--private-key FILE, or `privateKey` in a test).';

export const withHeaders = (draft: Draft, headers: Readonly<Record<string, string>>): Draft => ({
  ...draft,
  headers: { ...draft.headers, ...headers },
});

/** The draft as the receiver would get it. */
export const rawRequestOf = ({ method, url, headers, body }: Draft): RawRequest => ({
  method,
  url,
  body,
  headers: new Map(Object.entries(headers)),
  sourceIp: '192.0.2.1',
});
