import { type AnnouncedDelivery, idOfAnnounced } from '../../domain/announced-delivery.ts';
import { maxManifestSize } from '../../domain/delivery-manifest.ts';
import type { TaskMessage } from '../../domain/delivery-task.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { inParts } from '../../domain/parts.ts';
import { dueAfterCreation } from '../../domain/retry-schedule.ts';
import type { OutboundPorts } from '../ports.ts';

export type StartPorts = Pick<OutboundPorts, 'now' | 'manifests' | 'sendTasks'>;

/** What the deliveries of a publication still need before it is acknowledged. */
export interface Start {
  readonly tasks: readonly TaskMessage[];
  /** The stored deliveries that a manifest must name. */
  readonly unlisted: readonly DeliveryId[];
  /** Those that have no record yet. */
  readonly announced: readonly AnnouncedDelivery[];
}

/**
 * Writes the manifests of deliveries, then sends their tasks.
 *
 * In this order, because the claim of a task may make the record: what a worker has made is in a manifest at any time, also when
 * this process dies and its message is given up.
 *
 * @throws when it is unknown whether all is written and sent
 */
export async function startDeliveries(
  { tasks, unlisted, announced }: Start,
  ports: StartPorts,
): Promise<void> {
  const now = ports.now();
  const named = new Map<DeliveryId, AnnouncedDelivery | undefined>(unlisted.map((id) => [id, undefined]));
  for (const delivery of announced) named.set(idOfAnnounced(delivery), delivery);
  const lists = inParts([...named], maxManifestSize);
  await Promise.all(
    lists.map((list) =>
      ports.manifests.add({
        deliveries: list.map(([id]) => id),
        announced: list.flatMap(([, delivery]) => delivery ?? []),
        madeAt: now,
        lookAt: dueAfterCreation(now),
      }),
    ),
  );
  if (tasks.length > 0) await ports.sendTasks(tasks);
}
