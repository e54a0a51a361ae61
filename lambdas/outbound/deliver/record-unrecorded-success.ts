import type { DeliveryTask } from '../../domain/delivery-task.ts';
import { type Seconds, unixMillis } from '../../domain/time.ts';
import { answerForMissing } from '../missing-record.ts';
import type { FinishPorts } from './finish-attempt.ts';
import { writeSuccess } from './record-attempt.ts';

/** Records a success that a worker saw and could not write. Sends no request. */
export async function recordUnrecordedSuccess(
  task: DeliveryTask,
  { claims, round, success }: NonNullable<DeliveryTask['seen']>,
  retention: Seconds,
  ports: FinishPorts,
): Promise<void> {
  const { deliveryId, attempt } = task;
  const delivery = await ports.deliveries.read(deliveryId);
  if (delivery === undefined) {
    await answerForMissing(task, ports);
    return;
  }
  const { at, ms, status } = success;
  const seen = { ...delivery, claims, round };
  const result = await writeSuccess(seen, { n: attempt, at: unixMillis(at), ms, status }, retention, ports);
  ports.telemetry.info('delivery.recorded', { deliveryId, attempt, status, record: result.kind });
}
