import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { ProviderCalls } from './check.ts';

/** What goes back to the provider. */
export interface HandshakeResponse {
  readonly status: number;
  /** Needed where there is a body. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a provider tests a URL before it sends events there. */
export interface Handshake {
  /** Methods of the route beside POST. */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** @returns undefined when the request is no unsigned handshake, so that its signature decides */
  readonly unsigned?: (
    request: RawRequest,
    keys: readonly VerificationKey[],
  ) => HandshakeResponse | undefined;
  /**
   * For requests that verified. @returns undefined when it is an event
   * @throws when a call to the provider fails, so that the provider tries again
   */
  readonly signed?: (
    request: RawRequest,
    keys: readonly VerificationKey[],
    calls: ProviderCalls,
  ) => HandshakeResponse | undefined | Promise<HandshakeResponse | undefined>;
  /**
   * For a provider that brings its secret itself. It counts only while the source has none and awaits one.
   *
   * @returns undefined when the request brings none
   */
  readonly secretFromHandshake?: (request: RawRequest) => HandshakeSecret | undefined;
}

/** A secret that a handshake brings, and what to answer once it is stored. */
interface HandshakeSecret {
  readonly secret: string;
  readonly answer: HandshakeResponse;
}

/** Nothing to read, as some providers demand. */
export const emptyResponse: HandshakeResponse = { status: 200, body: '' };

/** A text that only this provider reads, e.g. its challenge. */
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

/** A challenge that is not as the provider sends it. */
export const refusedChallenge = (status: 400 | 403, error: string): HandshakeResponse => ({
  ...jsonResponse({ error }),
  status,
});
