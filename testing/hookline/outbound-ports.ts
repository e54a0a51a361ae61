import { createSecretKey } from 'node:crypto';
import { payloadReader } from '../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import { endpointMemories } from '../../lambdas/outbound/deliver/endpoint-memory.ts';
import type { OutboundPorts } from '../../lambdas/outbound/ports.ts';
import { subscriberCache } from '../../lambdas/outbound/publish/subscribers.ts';
import { dynamodbInMemory } from '../memory/dynamodb/dynamodb.ts';
import { outboundStores } from '../memory/outbound-stores.ts';
import { memoryQueue } from '../memory/queue.ts';
import { openedHeaders, openedKeys } from '../memory/sealing.ts';
import { memoryTaskQueues } from '../memory/task-queues.ts';
import { recordedTelemetry } from '../memory/telemetry.ts';
import type { TestClock } from './clock.ts';
import { storedBodies } from './stored-bodies.ts';

const nothing = async (): Promise<undefined> => undefined;

/** The tables, the bucket and the queues of the outbound flow in memory, and its ports on them. */
export function outboundPorts(
  { now }: TestClock,
  { post, sendDeadLetter }: Pick<OutboundPorts, 'post' | 'sendDeadLetter'>,
) {
  const db = dynamodbInMemory({ now });
  const stores = outboundStores(db.client());
  const bucket = storedBodies();
  const publishQueue = memoryQueue(now, undefined, { idPrefix: 'm' });
  const tasks = memoryTaskQueues(now);
  const ports = {
    ...stores,
    now,
    random: () => 0.5,
    pause: nothing,
    after: () => () => undefined,
    memoryOf: endpointMemories(),
    telemetry: recordedTelemetry().telemetry,
    subscribers: subscriberCache(),
    readPayload: payloadReader(stores.events.read, bucket.get),
    putPayload: bucket.put,
    validatePayload: nothing,
    sendTask: tasks.send,
    sendTasks: tasks.sendAll,
    sendRanges: publishQueue.sendAll,
    sendDeadLetter,
    sendDeadDelivery: nothing,
    deleteMessage: tasks.delete,
    returnMessageAfter: tasks.returnAfter,
    notifyOperators: nothing,
    signingKeys: async () => [{ kind: 'v1' as const, secretKey: createSecretKey(Buffer.alloc(32, 7)) }],
    endpointKeys: openedKeys,
    endpointHeaders: openedHeaders,
    post,
  };
  return { db, publishQueue, tasks, ports };
}

export type MemoryOutbound = ReturnType<typeof outboundPorts>;
