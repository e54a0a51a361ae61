import type { Delivery } from '../domain/delivery-record.ts';
import type { DeliveryTask } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { generationOf, isForEarlierOne } from '../domain/endpoint-generation.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import type { Seconds } from '../domain/time.ts';
import { discardDelivery, endpointWasDeleted, type HoldPorts } from './hold-delivery.ts';
import { type MissingPorts, missing } from './missing-record.ts';
import { discardClaimed, giveBack, type SettlePorts } from './settle-attempt.ts';
import type { Settlement } from './settlement.ts';

/** Where a task goes; settled when it goes nowhere. */
export type TaskEndpoint =
  /** Undefined: to a URL that is not registered. */
  | { readonly kind: 'found'; readonly endpoint?: Endpoint }
  | { readonly kind: 'settled'; readonly settlement: Settlement };

/**
 * Finds the endpoint that a task is for; of one that is deleted, or made anew since, the delivery is discarded.
 *
 * What was read a while ago discards nothing: endpoint and delivery are read once more for that, so that neither a new
 * endpoint's delivery is lost, nor an earlier one's waits at the new one's gate.
 *
 * @param known as it was read for the whole batch
 */
export async function endpointOfTask(
  task: DeliveryTask,
  known: (task: DeliveryTask) => Promise<Endpoint | undefined>,
  retention: Seconds,
  ports: HoldPorts & MissingPorts,
): Promise<TaskEndpoint> {
  if (task.isDirect) return { kind: 'found' };
  const { deliveryId, tenant, endpointId, generation } = task;
  const seen = await known(task);
  if (seen !== undefined && (generation ?? generationOf(seen)) === generationOf(seen))
    return { kind: 'found', endpoint: seen };
  const delivery = await ports.deliveries.read(deliveryId);
  if (delivery === undefined) return { kind: 'settled', settlement: await missing(task, ports) };
  // After the delivery: what that is for now was there by then.
  const endpoint = await ports.endpoints.read(tenant, endpointId);
  if (endpoint !== undefined && !isForEarlierOne(delivery, endpoint)) return { kind: 'found', endpoint };
  const discarded = await discardDelivery(delivery, endpointWasDeleted, retention, ports);
  return { kind: 'settled', settlement: discarded ?? (await missing(task, ports)) };
}

/** Ends a claimed delivery that is not for the endpoint at hand, unless it is for one that was made anew meanwhile. */
export async function endForEarlierOne(
  work: { readonly delivery: Delivery; readonly payload?: string },
  settings: OutboundSettings,
  ports: SettlePorts & Pick<HoldPorts, 'endpoints'>,
): Promise<Settlement> {
  const { delivery } = work;
  const { tenant, endpointId } = delivery;
  const endpoint = await ports.endpoints.read(tenant, endpointId);
  return endpoint === undefined || isForEarlierOne(delivery, endpoint)
    ? discardClaimed(delivery, endpointWasDeleted, settings, ports)
    : giveBack(work, new Error('its endpoint was made anew just now'), ports);
}
