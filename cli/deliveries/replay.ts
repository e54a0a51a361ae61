import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { sqsQueue } from '../../lambdas/adapters/sqs/queue.ts';
import { taskMessage } from '../../lambdas/domain/delivery-task.ts';
import type { DeliveryId } from '../../lambdas/domain/ids.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type Replay, replayDelivery } from '../../lambdas/outbound/replay.ts';
import type { ReplayOptions } from '../../lambdas/outbound/replay-route.ts';
import type { Resent } from '../dlq/redrive.ts';
import { redriveOf } from '../dlq/redrive-delivery.ts';
import { adapterClient, dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { type Deployment, outboundOf } from '../stack/deployment.ts';

/** Replays deliveries of a deployment, and redrives their dead letters. */
export function deliveryReplay(deployment: Deployment, options: ReplayOptions) {
  const outbound = outboundOf(deployment);
  const tables = dynamoClient(patientCalls);
  const deliveries = dynamodbDeliveries(tables, outbound.deliveriesTable);
  const endpoints = dynamodbEndpoints(tables, outbound.endpointsTable);
  const events = dynamodbOutboundEvents(tables, outbound.outboundEventsTable);
  const { send: sendTask } = sqsQueue(adapterClient(sqsClient(patientCalls)), outbound.deliveryQueueUrl);

  const ports = { deliveries, endpoints, events, sendTask };
  const replay = (id: DeliveryId, by?: 'job'): Promise<Replay> =>
    replayDelivery(id, unixMillis(Date.now()), ports, { ...options, by });

  return {
    replay: (id: DeliveryId) => replay(id),

    /** @param taskText the task, when SQS moved it to the dead-letter queue */
    async redrive(id: DeliveryId, taskText: string | undefined): Promise<Resent> {
      const delivery = await deliveries.read(id);
      const step = redriveOf(delivery, taskText);
      if (step.kind === 'replay') {
        const result = await replay(id, 'job');
        return result.kind === 'replayed' ? { kind: 'sent' } : result;
      }
      if (step.kind !== 'task') return step;
      await sendTask(taskMessage(step.task, step.delivery));
      return { kind: 'sent' };
    },
  };
}
