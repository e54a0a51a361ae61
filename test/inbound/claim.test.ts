import { expect, it } from 'vitest';
import type { EventRecord } from '../../lambdas/domain/idempotency.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { reclaimEvent } from '../../lambdas/inbound/claim.ts';

const now = unixMillis(1_795_000_000_000);
const event = {
  id: 'stripe#evt_1',
  owner: 'invocation-2/message-2',
  messageId: 'message-2',
  eventType: 'invoice.paid',
  receivedAt: now,
  handlerRetryDelays: [seconds(5), seconds(30)],
  lease: seconds(90),
  retention: seconds(86_400),
};
const seen: EventRecord = {
  id: event.id,
  status: 'processing',
  owner: 'invocation-1/message-1',
  attempts: 1,
  leaseUntil: now,
  eventType: event.eventType,
  receivedAt: now,
};

it.each<Partial<EventRecord>>([
  { status: 'retrying', dueAt: now },
  { owner: 'invocation-3/message-3', attempts: 2 },
])('a message whose suspect another consumer claimed first comes back: %j', async (changes) => {
  const inboundEvents = { claim: async () => undefined, reclaim: async () => ({ ...seen, ...changes }) };

  expect(await reclaimEvent(event, seen, now, inboundEvents)).toEqual({ kind: 'busy', wait: 1 });
});
