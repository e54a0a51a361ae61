import { type Handler, type HandlerContext, type HandlerEvent, PermanentFailure } from '../domain/handler.ts';
import { parsePayload } from '../domain/provider/payload.ts';
import { unixMillis } from '../domain/time.ts';
import type { Work } from './open-message.ts';

/** How a handler's run ended. */
export type HandlerOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isPermanent: boolean }
  /** It did not end within its grace period after the abort signal. */
  | { readonly kind: 'hung' };

/** Makes the event that a handler gets. Its payload is parsed when it is first read. */
export function handlerEvent({ event, source }: Work, body: Uint8Array): HandlerEvent {
  let parsed: { readonly payload: unknown } | undefined;
  return {
    id: event.id,
    type: event.type,
    source: event.source,
    provider: event.provider,
    receivedAt: unixMillis(event.receivedAt),
    headers: event.headers,
    body,
    get payload() {
      parsed ??= { payload: parsePayload(body, source.provider.body) };
      return parsed.payload;
    },
  };
}

/**
 * Runs the team's code for one attempt.
 *
 * @param graceOver resolves when the handler's time to stop is over
 */
export async function runHandler(
  handler: Handler,
  event: HandlerEvent,
  context: HandlerContext,
  graceOver: Promise<void>,
): Promise<HandlerOutcome> {
  const run = async (): Promise<HandlerOutcome> => {
    try {
      await handler(event, context);
      return { kind: 'succeeded' };
    } catch (error) {
      return { kind: 'failed', error, isPermanent: isPermanentFailure(error) };
    }
  };
  return Promise.race([run(), graceOver.then((): HandlerOutcome => ({ kind: 'hung' }))]);
}

/** Compares the name, too, because the handlers' bundle may bring a second copy of the class. */
export const isPermanentFailure = (error: unknown): boolean =>
  error instanceof PermanentFailure || (error instanceof Error && error.name === 'PermanentFailure');
