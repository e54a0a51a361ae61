import { expect, it } from 'vitest';
import type { TaskMessage } from '../../lambdas/domain/delivery-task.ts';
import { asDeliveryId, asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { sendTaskAfter } from '../../lambdas/outbound/send-task-after.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

it.each([
  [900, ['delivery']],
  [901, []],
])(
  'a task that is due after %i s is sent to these queues; the sweep sends a later one: %j',
  async (delay, queues) => {
    const sent: TaskMessage[] = [];
    const ports = {
      ...outboundWorld().deliverPorts,
      sendTask: async (task: TaskMessage) => void sent.push(task),
    };
    const destination = { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), correlationId: 'c' };

    await sendTaskAfter(seconds(delay), { deliveryId: asDeliveryId('d'), attempt: 2 }, destination, ports);

    expect(sent.map(({ queue }) => queue)).toEqual(queues);
  },
);
