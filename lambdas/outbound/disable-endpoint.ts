import { type AttemptOutcome, describeOutcome } from '../domain/attempt-outcome.ts';
import type { Delivery } from '../domain/delivery-record.ts';
import type { Disablement, Endpoint } from '../domain/endpoint.ts';
import { asError } from '../domain/errors.ts';
import { endpointDisabled, type OperatorNotice } from '../domain/operator-notice.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What disabling an endpoint needs of the outside world. */
export interface DisablePorts {
  now(): UnixMillis;
  readonly endpoints: {
    /**
     * Disables an endpoint, if it is enabled and as it was seen, and notes that it is to be told.
     *
     * @returns undefined when somebody else has, or has changed it: what was answered at another URL says nothing about it
     */
    disable(seen: Endpoint, disablement: Disablement): Promise<Endpoint | undefined>;
    /** Takes the note away, unless there is a newer one. */
    reconciled(seen: Endpoint): Promise<unknown>;
  };
  /** To the operations topic. */
  notifyOperators(operation: OperatorNotice): Promise<void>;
  readonly telemetry: OutboundTelemetry<'EndpointsDisabled'>;
}

/** Disables an endpoint after an attempt that was one too many. */
export async function disableAfterAttempt(
  endpoint: Endpoint,
  reason: 'gone' | 'failing',
  { delivery, outcome }: { readonly delivery: Delivery; readonly outcome: AttemptOutcome },
  ports: DisablePorts,
): Promise<void> {
  const { id: deliveryId, eventId, eventType, attempts } = delivery;
  const by = { deliveryId, eventId, eventType, attempt: attempts + 1, outcome: describeOutcome(outcome) };
  const disabled = await ports.endpoints.disable(endpoint, { reason, at: ports.now(), by });
  if (disabled !== undefined) await announceDisabled(disabled, ports);
}

/** Tells the operators, then takes the note away: a crash between both tells them twice, never not. */
export async function announceDisabled(endpoint: Endpoint, ports: DisablePorts): Promise<void> {
  const { tenant, id, disabled } = endpoint;
  const fields = { tenant, endpointId: id, reason: disabled?.reason, deliveryId: disabled?.by?.deliveryId };
  try {
    await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));
    await ports.endpoints.reconciled(endpoint);
    ports.telemetry.warn('endpoint.disabled', fields);
    ports.telemetry.count('EndpointsDisabled', {});
  } catch (error) {
    // The note stays: the sweep tells it.
    ports.telemetry.error('endpoint.disabled', fields, asError(error));
  }
}
