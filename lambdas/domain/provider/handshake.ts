import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { ProviderCalls } from './check.ts';

/** The response to a provider. */
export interface HandshakeResponse {
  readonly status: number;
  /** Required with a body. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a provider tests a URL before it sends events there. */
export interface Handshake {
  /** The methods that the route accepts, beside POST. */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** @returns undefined when the request is not an unsigned handshake; then its signature is checked */
  readonly unsigned?: (
    request: RawRequest,
    keys: readonly VerificationKey[],
  ) => HandshakeResponse | undefined;
  /**
   * For verified requests.
   *
   * @returns undefined when the request is an event
   * @throws when a call to the provider fails, so that the provider retries
   */
  readonly signed?: (
    request: RawRequest,
    keys: readonly VerificationKey[],
    calls: ProviderCalls,
  ) => HandshakeResponse | undefined | Promise<HandshakeResponse | undefined>;
  /**
   * Reads the secret that a provider sends itself. It counts only while the source has no secret and awaits one.
   *
   * @returns undefined when the request has no secret
   */
  readonly secretFromHandshake?: (request: RawRequest) => HandshakeSecret | undefined;
}

/** The secret in a handshake, and the response once it is stored. */
interface HandshakeSecret {
  readonly secret: string;
  readonly response: HandshakeResponse;
}

/** 200 without a body, as some providers demand. */
export const emptyResponse: HandshakeResponse = { status: 200, body: '' };

/** 200 with a plain text, e.g. the provider's challenge. */
export const textResponse = (body: string): HandshakeResponse => ({
  status: 200,
  contentType: 'text/plain',
  body,
});

export const jsonResponse = (body: object): HandshakeResponse => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

/** The response to a challenge in another form than the provider's. */
export const refusedChallenge = (status: 400 | 403, error: string): HandshakeResponse => ({
  ...jsonResponse({ error }),
  status,
});
