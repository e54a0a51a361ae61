import { onceOnly } from '../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { dynamodbInboundEvents } from '../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { providerCallsBy } from '../../lambdas/adapters/http/provider-calls.ts';
import { DeadLetter, parseMessage } from '../../lambdas/domain/messages.ts';
import type { Source } from '../../lambdas/domain/provider/provider.ts';
import type { ConsumePorts } from '../../lambdas/inbound/consume.ts';
import { cachingKeys } from '../../lambdas/inbound/key-cache.ts';
import type { ReceivePorts } from '../../lambdas/inbound/receive.ts';
import { sourceKeys } from '../../lambdas/inbound/source-keys.ts';
import { dynamodbInMemory, tableNames } from '../memory/dynamodb/dynamodb.ts';
import { memoryQueue } from '../memory/queue.ts';
import { noTargets } from '../memory/targets.ts';
import { recordedTelemetry } from '../memory/telemetry.ts';
import { testFetch, testRoots } from '../signing/test-keys.ts';
import type { TestClock } from './clock.ts';
import { storedBodies } from './stored-bodies.ts';

/** The table, the bucket and the queue of a source in memory, and the ports of its functions on them. */
export function sourcePorts({ settings, provider }: Source, secret: string, { now }: TestClock) {
  const version = { value: secret, createdAt: now() };
  const client = dynamodbInMemory({ now }).client();
  const bucket = storedBodies();
  const queue = memoryQueue(now, settings.lease);
  const report = recordedTelemetry();
  const deadLetters: DeadLetter[] = [];
  const receivePorts: ReceivePorts = {
    keys: sourceKeys(provider.secret, settings.rotationOverlap, async (stage) =>
      stage === 'AWSCURRENT' ? version : undefined,
    ),
    handshakeSecret: { isAwaited: async () => false, store: async () => false },
    calls: { ...cachingKeys(providerCallsBy(testFetch), now), roots: () => testRoots },
    useOnce: onceOnly(client, tableNames.inboundEvents, settings.name, settings.retention),
    putBody: bucket.put,
    enqueue: queue.sendAll,
  };
  const consumePorts: ConsumePorts = {
    now,
    inboundEvents: dynamodbInboundEvents(client, tableNames.inboundEvents),
    getBody: bucket.get,
    putBody: bucket.put,
    sendDeadLetter: async (body) => void deadLetters.push(parseMessage(DeadLetter, 'dead letter', body)),
    deleteMessage: queue.delete,
    returnMessageAfter: queue.returnAfter,
    sendBack: ({ attributes }, body, delay) => queue.send({ body, attributes, delay }),
    ...noTargets,
    telemetry: report.telemetry,
  };
  return { queue, report, deadLetters, receivePorts, consumePorts };
}
