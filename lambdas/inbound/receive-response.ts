import type { HandshakeResponse } from '../domain/provider/handshake.ts';
import type { Provider } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import type { InboundPorts } from './ports.ts';
import type { ReceiveResult } from './receive-result.ts';

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
 * Writes the log line and the counts of one request.
 *
 * The metrics do not name the event's type: the receiver does not know which types have handlers, and each value of a
 * dimension is a billed metric.
 */
export function reportReceived(
  source: string,
  result: ReceiveResult,
  { correlationId, bytes, durationMs }: MeasuredRequest,
  { telemetry }: Pick<InboundPorts<'WebhooksReceived' | 'RequestsRefused'>, 'telemetry'>,
): void {
  const status = result.kind === 'refused' ? result.error : result.kind;
  telemetry.count('WebhooksReceived', { source, eventType: 'any', status });
  const log = telemetry.log({ source, status, correlationId, bytes, durationMs });
  if (result.kind === 'handshake') log.info('event.received');
  else if (result.kind === 'accepted') {
    const [first] = result.events;
    const { length } = result.events;
    log.info('event.received', { eventId: first?.id, eventType: first?.type, events: length });
  } else {
    telemetry.count('RequestsRefused', { source });
    const { reason } = result;
    if (result.status === 503) log.error('event.received', { reason }, result.cause);
    else log.warn('event.received', { reason });
  }
}
