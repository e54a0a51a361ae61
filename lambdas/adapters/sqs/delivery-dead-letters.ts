import type { DeadDeliveryQueue } from '../../domain/delivery-failure.ts';
import type { DeadDelivery } from '../../domain/delivery-task.ts';
import type { SqsClient } from './commands.ts';
import { sqsQueue } from './queue.ts';

/** The dead-letter queues of deliveries. @param urls the URL of each */
export function deadDeliveries(client: SqsClient, urls: Readonly<Record<DeadDeliveryQueue, string>>) {
  const queues = {
    delivery: sqsQueue(client, urls.delivery),
    undelivered: sqsQueue(client, urls.undelivered),
  } satisfies Record<DeadDeliveryQueue, unknown>;

  return {
    send: ({ queue, body }: DeadDelivery): Promise<void> => queues[queue].send({ body }),
  };
}
