import { receivedLine } from '../domain/line-metrics.ts';
import type { HandshakeResponse } from '../domain/provider/handshake.ts';
import type { Provider } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import type { ReceiveResult } from './receive-result.ts';
import type { InboundLog } from './telemetry.ts';

/** The HTTP response to a provider: Hookline's JSON, or a text that the provider asks for. */
export type ReceiveResponse =
  | { readonly kind: 'json'; readonly status: number; readonly body: object }
  | { readonly kind: 'plain'; readonly response: HandshakeResponse };

/** Makes the response that the provider of a request expects. */
export function responseTo(result: ReceiveResult, provider: Provider, request: RawRequest): ReceiveResponse {
  if (result.kind === 'refused') {
    const { status, error } = result;
    return provider.emptyRefusals
      ? { kind: 'plain', response: { status, body: '' } }
      : { kind: 'json', status, body: { error } };
  }
  if (result.kind === 'handshake') return { kind: 'plain', response: result.response };
  const { answer } = provider;
  if (answer !== undefined) {
    return { kind: 'plain', response: typeof answer === 'function' ? answer(request) : answer };
  }
  const [event, ...others] = result.events;
  const accepted =
    event && others.length === 0
      ? { status: 'accepted', id: event.id }
      : { status: 'accepted', count: result.events.length };
  return { kind: 'json', status: 200, body: accepted };
}

/** The measurements of one request. */
export interface MeasuredRequest {
  readonly correlationId: string;
  /** The size of the body. */
  readonly bytes: number;
  readonly durationMs: number;
}

/**
 * Writes the log line of one request, from which CloudWatch counts it: see `line-metrics.ts`.
 *
 * The line of an accepted request says little, because `event.consumed` follows it, and the access log has its time.
 */
export function reportReceived(
  source: string,
  result: ReceiveResult,
  { correlationId, bytes, durationMs }: MeasuredRequest,
  { log: logWith }: InboundLog,
): void {
  const status = result.kind === 'refused' ? result.error : result.kind;
  const log = logWith({ source, status, correlationId });
  if (result.kind === 'handshake') log.info(receivedLine);
  else if (result.kind === 'accepted') {
    const [first, second] = result.events;
    const events = second && result.events.length;
    log.info(receivedLine, { eventId: first?.id, events });
  } else {
    const refusal = { reason: result.reason, bytes, durationMs };
    if (result.status === 503) log.error(receivedLine, refusal, result.cause);
    else log.warn(receivedLine, refusal);
  }
}
