import type { Handler, HandlerEvent, Handlers } from '../../lambdas/domain/handler.ts';

/** One call of a handler. */
export interface HandlerCall {
  readonly source: string;
  /** The event type or pattern that the handler was declared with. */
  readonly declaredAs: string;
  readonly event: HandlerEvent;
  /** What it threw. */
  readonly error?: unknown;
}

/** The handlers, which note each of their calls. */
export function watchedHandlers(
  source: string,
  { provider, byType }: Handlers,
  note: (call: HandlerCall) => void,
): Handlers {
  const watched = (declaredAs: string, handler: Handler): Handler =>
    async function call(event, context) {
      try {
        await handler(event, context);
        note({ source, declaredAs, event });
      } catch (error) {
        note({ source, declaredAs, event, error });
        throw error;
      }
    };
  return { provider, byType: new Map([...byType].map(([type, handler]) => [type, watched(type, handler)])) };
}
