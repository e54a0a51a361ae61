import { asError } from '../domain/errors.ts';
import type { EventHeading } from '../domain/event.ts';
import type { Handlers } from '../domain/handler.ts';
import type { Claim } from '../domain/idempotency.ts';
import {
  type FinishEventPorts,
  type FinishedAttempt,
  finishFailure,
  finishIgnored,
  finishSuccess,
  giveUp,
} from './finish-attempt.ts';
import type { Work } from './open-message.ts';
import type { InboundPorts } from './ports.ts';
import { handlerEvent, runHandler } from './run-handler.ts';
import { findRoute, type Route } from './targets/find-route.ts';

export type RunEventPorts = FinishEventPorts &
  Pick<InboundPorts<'WebhookProcessingTime'>, 'findTargets' | 'telemetry'>;

/** One invocation of the function, and its time. */
export interface ConsumeInvocation {
  readonly id: string;
  /** Tells the handlers to stop. */
  readonly signal: AbortSignal;
  /** Resolves when the handlers' time to stop is over. */
  readonly graceOver: Promise<void>;
  /** Whether there is time to start another handler. */
  hasTime(): boolean;
}

/**
 * Runs a claimed event's handler once, or hands the event to its targets, and records how that ended.
 *
 * @returns `hung` if the handler did not stop in time; its claim ends with its lease
 */
export async function attemptEvent(
  work: Work,
  claim: Claim,
  handlers: Handlers | undefined,
  invocation: ConsumeInvocation,
  ports: RunEventPorts,
): Promise<FinishedAttempt | 'hung'> {
  const { event, body } = work;
  const log = ports.telemetry.log({ ...eventFields(event), attempt: claim.attempts });
  if (body === undefined) {
    return giveUp(work, claim, 'its body is no longer in the bucket', ports.now(), ports);
  }
  const mistake = handlers && wrongProvider(handlers, work);
  if (mistake) {
    log.error('handler.failed', { permanent: false }, mistake.error);
    return finishFailure(work, claim, mistake, ports.now(), ports);
  }
  const route = findRoute(work.source, handlers, event.type, ports);
  if (route === undefined) return finishIgnored(work, claim, ports.now(), ports);
  const startedAt = ports.now();
  const context = { attemptNumber: claim.attempts, signal: invocation.signal, log };
  const outcome = await runHandler(route.run, handlerEvent(work, body), context, invocation.graceOver);
  const dimensions = { source: event.source, eventType: typeLabel(route) };
  ports.telemetry.seconds('WebhookProcessingTime', dimensions, (ports.now() - startedAt) / 1000);
  switch (outcome.kind) {
    case 'succeeded':
      return finishSuccess(claim, ports.now(), ports);
    case 'failed':
      log.error('handler.failed', { permanent: outcome.isPermanent }, asError(outcome.error));
      return finishFailure(work, claim, outcome, ports.now(), ports);
    case 'hung':
      return 'hung';
  }
}

/** An event whose handlers are registered under the wrong source is retried: a deploy corrects that. */
function wrongProvider({ provider }: Handlers, { source }: Work) {
  const { name, provider: expected } = source.settings;
  if (provider === expected) return undefined;
  const error = new Error(`the registry has handlers for ${provider} under ${name}, which is ${expected}`);
  return { error, isPermanent: false };
}

/** The fields of every log line about an event. */
const eventFields = ({ source, id, type, correlationId }: EventHeading) => ({
  source,
  eventId: id,
  eventType: type,
  correlationId,
});

/**
 * Returns the event type for a metric: the name that a handler or a target was declared with, else `other`.
 *
 * Senders choose the types, and each value of a dimension is billed.
 */
export const typeLabel = (route: Pick<Route, 'declaredAs'> | undefined): string =>
  route === undefined || route.declaredAs === '*' ? 'other' : route.declaredAs;

/**
 * Writes the log line and the count of one consumed message. A line without `attempt` is about the first one. That of a success
 * has no correlation id: the line `event.received` has it beside the event's id.
 */
export function reportConsumed(
  event: EventHeading,
  eventType: string,
  end: { readonly status: string; readonly attempt?: number; readonly durationMs: number },
  { telemetry, now }: Pick<InboundPorts<'WebhooksReceived'>, 'now' | 'telemetry'>,
): void {
  telemetry.count('WebhooksReceived', { source: event.source, eventType, status: end.status });
  const { status, durationMs } = end;
  const { correlationId, ...fields } = eventFields(event);
  const log = telemetry.log(status === 'processed' ? fields : { ...fields, correlationId });
  const write = status === 'hung' ? log.error : log.info;
  const attempt = end.attempt === 1 ? undefined : end.attempt;
  write('event.consumed', { status, attempt, durationMs, ageMs: now() - event.receivedAt });
}
