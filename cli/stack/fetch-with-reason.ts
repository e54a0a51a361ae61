import { RefusedError } from '../terminal/errors.ts';
import { originOf, whyUnreachable } from '../terminal/network-errors.ts';

/** Node's fetch would wait for five minutes. */
const timeoutMs = 10_000;

/**
 * Fetches within ten seconds, unless the request brings its own signal.
 *
 * @throws RefusedError with the server that does not respond, and why; never with a path, header or body of the request
 */
export async function fetchWithReason(url: string | URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: request.signal ?? AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw new RefusedError(
      whyUnreachable(error, url) ?? `The request to ${originOf(url)} failed: ${reasonOf(error)}.`,
    );
  }
}

/** Node's message for an invalid request quotes it, perhaps with a password or token, so that message is not used. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message === 'fetch failed' && error.cause instanceof Error
    ? error.cause.message
    : 'its URL or one of its headers is not valid in HTTP';
