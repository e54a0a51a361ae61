import { RefusedError } from '../terminal/errors.ts';
import { originOf, whyUnreachable } from '../terminal/network-errors.ts';

/** Node's fetch alone would wait for five minutes. */
const timeoutMs = 10_000;

/**
 * As fetch, within ten seconds for the whole answer, unless the request has a signal of its own.
 *
 * @throws RefusedError saying who does not answer, and why; nothing of the request is in it
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

/** What is wrong with a request itself has it in its message, with a URL's password or a header's token. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message === 'fetch failed' && error.cause instanceof Error
    ? error.cause.message
    : 'its URL or one of its headers is not valid in HTTP';
