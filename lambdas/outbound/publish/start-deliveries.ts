import { maxManifestSize } from '../../domain/delivery-manifest.ts';
import type { TaskMessage } from '../../domain/delivery-task.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { inParts } from '../../domain/parts.ts';
import { dueAfterCreation } from '../../domain/retry-schedule.ts';
import type { OutboundPorts } from '../ports.ts';

export type StartPorts = Pick<OutboundPorts, 'now' | 'manifests' | 'sendTasks'>;

/** What stored deliveries still need before their publication is acknowledged. */
export interface Start {
  readonly tasks: readonly TaskMessage[];
  /** The deliveries that a manifest must name. */
  readonly unlisted: readonly DeliveryId[];
}

/**
 * Writes the manifests of stored deliveries and sends their tasks, both at once.
 *
 * Either may come first: until the publication is acknowledged, its message finds the deliveries again.
 *
 * @throws when it is unknown whether all is written and sent
 */
export async function startDeliveries({ tasks, unlisted }: Start, ports: StartPorts): Promise<void> {
  const now = ports.now();
  const lists = inParts([...new Set(unlisted)], maxManifestSize);
  await Promise.all([
    ...lists.map((deliveries) =>
      ports.manifests.add({ deliveries, madeAt: now, lookAt: dueAfterCreation(now) }),
    ),
    ...(tasks.length > 0 ? [ports.sendTasks(tasks)] : []),
  ]);
}
