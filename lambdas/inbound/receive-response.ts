import type { Count } from '../domain/metrics.ts';
import type { HandshakeResponse } from '../domain/provider/handshake.ts';
import type { Provider } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import type { ReceiveResult } from './receive-result.ts';

/** The HTTP response to a provider: JSON of our own, or a text that the provider asks for. */
export type ReceiveResponse =
  | { readonly kind: 'json'; readonly status: number; readonly body: object }
  | { readonly kind: 'plain'; readonly response: HandshakeResponse };

/** The response to a request, as its provider expects it. */
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

type Fields = Readonly<Record<string, string | number | undefined>>;

/** Logs and metrics of the receiver. */
export interface ReceiveTelemetry {
  info(line: string, fields: Fields): void;
  warn(line: string, fields: Fields): void;
  error(line: string, fields: Fields, error?: Error): void;
  readonly count: Count<'WebhooksReceived' | 'RequestsRefused'>;
}

/** What was measured of one request. */
export interface MeasuredRequest {
  readonly correlationId: string;
  /** Of the body. */
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
  telemetry: ReceiveTelemetry,
): void {
  const status = result.kind === 'refused' ? result.error : result.kind;
  telemetry.count('WebhooksReceived', { source, eventType: 'any', status });
  const fields = { source, status, correlationId, bytes, durationMs };
  if (result.kind === 'handshake') telemetry.info('event.received', fields);
  else if (result.kind === 'accepted') {
    const [first] = result.events;
    const of = { eventId: first?.id, eventType: first?.type, events: result.events.length };
    telemetry.info('event.received', { ...fields, ...of });
  } else {
    telemetry.count('RequestsRefused', { source });
    const withReason = { ...fields, reason: result.reason };
    if (result.status === 503) telemetry.error('event.received', withReason, result.cause);
    else telemetry.warn('event.received', withReason);
  }
}
