import type { ClaimedDelivery } from '../../domain/delivery-record.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { generationOf, isForEarlierEndpoint } from '../../domain/endpoint-generation.ts';
import type { Seconds } from '../../domain/time.ts';
import { discardDelivery, endpointDeletedReason, type HoldPorts } from '../hold-delivery.ts';
import { makeAnnounced } from '../make-announced.ts';
import { answerForMissing, type MissingPorts } from '../missing-record.ts';
import type { QueueAnswer } from '../queue-answer.ts';
import type { ClaimEnd } from './plan-after.ts';

/** The endpoint that a task is for, or the queue answer if the endpoint does not exist. */
export type TaskEndpoint =
  /** Undefined for a URL that is not registered. */
  | { readonly kind: 'found'; readonly endpoint?: Endpoint }
  | { readonly kind: 'answered'; readonly queueAnswer: QueueAnswer };

/**
 * Finds the endpoint that a task is for. Discards the delivery if the endpoint was deleted, or created again since.
 *
 * Reads endpoint and delivery once more before it discards, so that no delivery of a new endpoint is lost, and none of an
 * earlier endpoint takes a slot of the new one.
 *
 * @param known the endpoint as read for the whole batch
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
  await makeAnnounced(task, retention, ports);
  const delivery = await ports.deliveries.read(deliveryId);
  if (delivery === undefined) return { kind: 'answered', queueAnswer: await answerForMissing(task, ports) };
  // Read after the delivery: by then the endpoint that the delivery is for existed.
  const endpoint = await ports.endpoints.read(tenant, endpointId);
  if (endpoint !== undefined && !isForEarlierEndpoint(delivery, endpoint)) return { kind: 'found', endpoint };
  const discarded = await discardDelivery(delivery, endpointDeletedReason, retention, ports);
  return { kind: 'answered', queueAnswer: discarded ?? (await answerForMissing(task, ports)) };
}

/** How a claimed delivery ends that is for an earlier endpoint of this id. It is not ready if that was created again just now. */
export async function endForEarlierEndpoint(
  delivery: ClaimedDelivery,
  { endpoints }: Pick<HoldPorts, 'endpoints'>,
): Promise<ClaimEnd> {
  const endpoint = await endpoints.read(delivery.tenant, delivery.endpointId);
  return endpoint === undefined || isForEarlierEndpoint(delivery, endpoint)
    ? { kind: 'discarded', reason: endpointDeletedReason }
    : { kind: 'unready', error: new Error('its endpoint was created again just now') };
}
