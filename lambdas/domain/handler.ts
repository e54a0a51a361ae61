import * as v from 'valibot';
import { describeIssue } from './messages.ts';
import type { ProviderName } from './provider/catalogue.ts';
import type { EventPayloads } from './provider-events.ts';
import type { UnixMillis } from './time.ts';

/**
 * A verified event, as a handler gets it.
 *
 * @typeParam Payload the provider's own type; the payload is not checked against it
 */
export interface HandlerEvent<Payload = unknown> {
  /** The same on every redelivery and every attempt. Use it to make your own writes idempotent. */
  readonly id: string;
  /** The provider's name for what happened, e.g. `payment_intent.succeeded`. */
  readonly type: string;
  /** The name of the source in `bin/webhooks.ts`. */
  readonly source: string;
  readonly provider: string;
  readonly receivedAt: UnixMillis;
  /** The provider's own headers, lower case; never a signature or a credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body: JSON, or JSON in a form; undefined when it is neither. Parsed when first read. */
  readonly payload: Payload;
  /** The body exactly as the provider sent it. */
  readonly body: Uint8Array;
}

/** Fields of a log line. */
export type HandlerLogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Logs with the event's id, type, source and attempt on every line. */
export interface HandlerLog {
  info(line: string, fields?: HandlerLogFields): void;
  warn(line: string, fields?: HandlerLogFields): void;
  error(line: string, fields?: HandlerLogFields, error?: Error): void;
}

/** The second argument of a handler. */
export interface HandlerContext {
  /** Counted from 1. */
  readonly attemptNumber: number;
  /** Aborts shortly before the function's timeout: stop and throw. */
  readonly signal: AbortSignal;
  readonly log: HandlerLog;
}

/** Your code for one type of event. Throw to have the event retried. */
export type Handler<Payload = unknown> = (
  event: HandlerEvent<Payload>,
  context: HandlerContext,
) => Promise<void>;

/**
 * Handlers by event type. For a provider with known types: its event names with their payloads, and patterns
 * (`prefix.*`, `*`). For any other: any name.
 */
export type HandlersByType<Name extends ProviderName> = Name extends keyof EventPayloads
  ? { readonly [Type in keyof EventPayloads[Name]]?: Handler<EventPayloads[Name][Type]> } & {
      readonly [pattern: `${string}*`]: Handler;
    }
  : Readonly<Record<string, Handler>>;

/** The handlers of one source. */
export interface Handlers {
  readonly provider: ProviderName;
  /** By event type: an exact one, `prefix.*`, or `*`. */
  readonly byType: ReadonlyMap<string, Handler>;
}

/** Thrown by a handler when a retry cannot help. The event goes to the dead letter queue at once. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure' as const;
}

/** An exact type, or a prefix before the only star. */
const pattern = /^(\*|[^*]+|[^*]+[./:_-]\*)$/;

/**
 * Declares the handlers of a source.
 *
 * Payloads have the provider's own types if there are any, but are not checked against them: use `parsePayloadAs` for
 * fields that you rely on.
 *
 * @param provider the provider of the sources that use these handlers
 * @param handlers by event type; an exact type wins over the longest `prefix.*`, and that over `*`
 * @throws TypeError when a type has a star anywhere but at the end
 * @example
 * export const stripe = defineHandlers('stripe', {
 *   'payment_intent.succeeded': async (event, { log }) => log.info('payment.seen', { id: event.id }),
 * });
 */
export function defineHandlers<Name extends ProviderName>(
  provider: Name,
  handlers: HandlersByType<Name>,
): Handlers {
  for (const type of Object.keys(handlers)) {
    if (!isTypePattern(type)) {
      throw new TypeError(`'${type}' matches no event type; use an exact type, 'prefix.*' or '*'`);
    }
  }
  return { provider, byType: new Map(Object.entries(handlers)) };
}

/**
 * Finds the declared event type that fits an event: an exact one wins over the longest `prefix.*`, and that over `*`.
 *
 * @returns undefined when none fits
 */
export function matchType(declared: Iterable<string>, type: string): string | undefined {
  let longest: string | undefined;
  for (const name of declared) {
    if (name === type) return name;
    const fits = name.endsWith('*') && type.startsWith(name.slice(0, -1));
    if (fits && name.length > (longest?.length ?? 0)) longest = name;
  }
  return longest;
}

/** Whether a text can be declared as an event type: it has no star, or one at its end. */
export const isTypePattern = (text: string): boolean => pattern.test(text);

/** Finds the handler for an event type, and the type or pattern that it was declared with. */
export function findHandler(
  handlers: Handlers,
  type: string,
): { readonly declaredAs: string; readonly handler: Handler } | undefined {
  const declaredAs = matchType(handlers.byType.keys(), type);
  const handler = declaredAs === undefined ? undefined : handlers.byType.get(declaredAs);
  return declaredAs !== undefined && handler ? { declaredAs, handler } : undefined;
}

/**
 * Parses an event's payload with a schema.
 *
 * @throws PermanentFailure naming the wrong fields, because a retry would get the same payload
 */
export function parsePayloadAs<Schema extends v.GenericSchema>(
  schema: Schema,
  event: HandlerEvent,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, event.payload);
  if (result.success) return result.output;
  throw new PermanentFailure(`payload of ${event.type}: ${result.issues.map(describeIssue).join('; ')}`);
}
