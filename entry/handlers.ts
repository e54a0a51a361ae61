/** `hookline/handlers`: what the file of your handlers imports. It loads no AWS code. */
export {
  defineHandlers,
  type Handler,
  type HandlerContext,
  type HandlerEvent,
  type HandlerLog,
  type HandlerLogFields,
  type Handlers,
  type HandlersByType,
  PermanentFailure,
  parsePayloadAs,
} from '../lambdas/domain/handler.ts';
export type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
export type { EventPayloads } from '../lambdas/domain/provider-events.ts';
export type { UnixMillis } from '../lambdas/domain/time.ts';
