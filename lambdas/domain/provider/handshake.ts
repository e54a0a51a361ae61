import type { RawRequest } from '../raw-request.ts';
import type { VerificationKey } from '../signature/key.ts';

/** What goes back to the provider. */
export interface Answer {
  readonly status: number;
  /** Needed where there is a body. */
  readonly contentType?: string;
  readonly body: string;
}

/** How a provider tests a URL before it sends events there. */
export interface Handshake {
  /** Methods of the route beside POST. */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** @returns undefined when the request is no unsigned handshake, so that its signature decides */
  readonly unsigned?: (request: RawRequest, keys: readonly VerificationKey[]) => Answer | undefined;
  /** For requests that verified. @returns undefined when it is an event */
  readonly signed?: (request: RawRequest, keys: readonly VerificationKey[]) => Answer | undefined;
}

/** Nothing to read, as some providers demand. */
export const emptyAnswer: Answer = { status: 200, body: '' };
