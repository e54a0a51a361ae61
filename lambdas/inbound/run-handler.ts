import { type Handler, type HandlerContext, type HandlerEvent, PermanentFailure } from '../domain/handler.ts';
import { parsePayload } from '../domain/provider/payload.ts';
import { unixMillis } from '../domain/time.ts';
import type { Work } from './open-message.ts';

/** How a handler's run ended. */
export type HandlerOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isPermanent: boolean }
  /** It did not settle within its grace after the abort signal. */
  | { readonly kind: 'hung' };

/** The event as the handler gets it; the payload is parsed when it is first asked for. */
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
 * @param graceOver resolves when a handler that was told to stop has had its time
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

/** By name, too: the handlers' bundle may bring a second copy of the class. */
const isPermanentFailure = (error: unknown): boolean =>
  error instanceof PermanentFailure || (error instanceof Error && error.name === 'PermanentFailure');
