import { findHandler, type Handler, type Handlers } from '../../domain/handler.ts';
import type { Source } from '../../domain/provider/provider.ts';
import type { TargetSettings, TargetsByType } from '../../domain/target.ts';
import type { InboundPorts } from '../ports.ts';

/** What an event is given to, and the event type that it was declared with. */
export interface Route {
  readonly declaredAs: string;
  readonly run: Handler;
}

/**
 * Finds the targets of an event.
 *
 * @param handler the team's handler for the type, if it has one
 * @returns undefined when no target takes the type
 */
export type FindTargets = (to: TargetsByType, handler: Route | undefined, type: string) => Route | undefined;

/** The source's handlers; undefined if all its events go to other targets. */
export const handlersOf = ({ settings: { to } }: Source, handlers: Handlers | undefined) =>
  to === undefined || Object.values(to).flat().some(isHandlers) ? handlers : undefined;

const isHandlers = ({ kind }: TargetSettings): boolean => kind === 'handlers';

/**
 * Finds what an event is given to: the team's handler, or the source's targets.
 *
 * @param handlers as `handlersOf` returns them
 * @returns undefined when the source has neither for this type
 */
export function findRoute(
  { settings: { to } }: Source,
  handlers: Handlers | undefined,
  type: string,
  { findTargets }: Pick<InboundPorts, 'findTargets'>,
): Route | undefined {
  const found = handlers && findHandler(handlers, type);
  const handler = found && { declaredAs: found.declaredAs, run: found.handler };
  return to === undefined ? handler : findTargets(to, handler, type);
}
