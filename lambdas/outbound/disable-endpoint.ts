import { type AttemptOutcome, describeOutcome } from '../domain/attempt-outcome.ts';
import type { DeliveryFacts } from '../domain/delivery-record.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { asError } from '../domain/errors.ts';
import { endpointDisabled } from '../domain/operator-notice.ts';
import type { OutboundPorts } from './ports.ts';

export type DisablePorts = Pick<
  OutboundPorts<'EndpointsDisabled'>,
  'now' | 'endpoints' | 'notifyOperators' | 'telemetry'
>;

/** Disables an endpoint because of how an attempt ended. */
export async function disableAfterAttempt(
  endpoint: Endpoint,
  reason: 'gone' | 'failing',
  { delivery, outcome }: { readonly delivery: DeliveryFacts; readonly outcome: AttemptOutcome },
  ports: DisablePorts,
): Promise<void> {
  const { id: deliveryId, eventId, eventType, attempts } = delivery;
  const by = { deliveryId, eventId, eventType, attempt: attempts + 1, outcome: describeOutcome(outcome) };
  const disabled = await ports.endpoints.disable(endpoint, { reason, at: ports.now(), by });
  if (disabled !== undefined) await announceDisabled(disabled, ports);
}

/** Notifies the operators, then removes the note. A crash in between repeats the notice; none gets lost. */
export async function announceDisabled(endpoint: Endpoint, ports: DisablePorts): Promise<void> {
  const { tenant, id, disabled } = endpoint;
  const fields = { tenant, endpointId: id, reason: disabled?.reason, deliveryId: disabled?.by?.deliveryId };
  try {
    await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));
    await ports.endpoints.reconciled(endpoint);
    ports.telemetry.warn('endpoint.disabled', fields);
    ports.telemetry.count('EndpointsDisabled', {});
  } catch (error) {
    // The note stays, so the sweep notifies them.
    ports.telemetry.error('endpoint.disabled', fields, asError(error));
  }
}
