import { firstRecord, mayBeMade } from '../domain/announced-delivery.ts';
import { announcedIn, type DeliveryTask } from '../domain/delivery-task.ts';
import type { Seconds } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';

/** Makes the record of a delivery that its task announces, before anything but a claim changes it. Does nothing if it exists. */
export async function makeAnnounced(
  task: DeliveryTask,
  retention: Seconds,
  { deliveries, now }: Pick<OutboundPorts, 'deliveries' | 'now'>,
): Promise<void> {
  const announced = announcedIn(task);
  if (announced !== undefined && mayBeMade(announced, now(), retention))
    await deliveries.create(firstRecord(announced));
}
