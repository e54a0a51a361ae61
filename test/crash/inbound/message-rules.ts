import { ReceivedMessage as EventMessage, type Wait } from '../../../lambdas/domain/event.ts';
import { type Claim, type EventRecord, ownerOf } from '../../../lambdas/domain/idempotency.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';
import type { ConsumePorts } from '../../../lambdas/inbound/consume.ts';
import type { memoryQueue, ReceivedMessage } from '../../../testing/memory/queue.ts';
import type { InboundTable } from '../../support/worlds/inbound-tables.ts';
import { superseded } from './superseded.ts';

/** A message as one invocation received it. */
interface Received {
  readonly invocation: string;
  readonly message: ReceivedMessage;
}

/** The record that refused the last claim of a worker, and when. */
interface Refusal {
  readonly record: EventRecord;
  readonly at: UnixMillis;
}

const waitIn = (text: string): Wait | undefined => parseMessage(EventMessage, 'message', text).wait;

/** Judges what each worker does with its messages, by what the table told it of their events. */
export function messageRules(
  { records }: Pick<InboundTable, 'records'>,
  queue: Pick<ReturnType<typeof memoryQueue>, 'messages'>,
  now: () => UnixMillis,
) {
  const broken: string[] = [];
  const received = new Map<string, Received>();
  const refusals = new Map<string, Refusal>();
  const sentBack = new Set<string>();

  /** A message that was sent back counts as the first of its chain. */
  const firstOf = ({ messageId, text }: Pick<ReceivedMessage, 'messageId' | 'text'>): string =>
    waitIn(text)?.origin ?? messageId;

  function refused({ owner }: Claim, record: EventRecord | undefined): EventRecord | undefined {
    if (record === undefined) refusals.delete(owner);
    else refusals.set(owner, { record, at: now() });
    return record;
  }

  function checkClaim({ id, owner, messageId }: Claim): void {
    const own = [...received.values()].find(
      (one) => ownerOf(one.invocation, one.message.messageId) === owner,
    );
    if (own !== undefined && firstOf(own.message) !== messageId)
      broken.push(`${id} was claimed for another message than the first of its chain`);
  }

  /** A message stays while another worker has its event, and when it is a redelivery of one that failed. */
  function deleted(receiptHandle: string): void {
    const own = received.get(receiptHandle);
    if (own === undefined) return;
    const { invocation, message } = own;
    const owner = ownerOf(invocation, message.messageId);
    const refusal = refusals.get(owner);
    if (refusal === undefined || sentBack.has(receiptHandle)) return;
    const { id, status, owner: other, endedMessageId } = refusal.record;
    if (status === 'processing' && other !== owner)
      broken.push(`a message of ${id} was deleted, although another worker has its event`);
    if (endedMessageId !== undefined && endedMessageId !== firstOf(message))
      broken.push(`a message of ${id} was deleted, although the event ended with another one`);
  }

  return {
    broken,

    /** Notes the batch of an invocation. */
    received(invocation: string, batch: readonly ReceivedMessage[]): void {
      for (const message of batch) received.set(message.receiptHandle, { invocation, message });
    },

    /** Whether an invocation has a suspect that has to run before one with so many attempts, if none of its calls failed. */
    hasEarlierSuspect(invocation: string, attempts: number): boolean {
      return [...received.values()].some(({ invocation: other, message: { messageId } }) => {
        const { record, at } = refusals.get(ownerOf(other, messageId)) ?? {};
        if (other !== invocation || record?.status !== 'processing' || at === undefined) return false;
        const isSuspect = (record.leaseUntil ?? 0) <= at && record.owner !== ownerOf(other, messageId);
        const current = records.get(record.id);
        const isUnchanged = current?.owner === record.owner && current.attempts === record.attempts;
        return isSuspect && isUnchanged && queue.messages.has(messageId) && record.attempts < attempts;
      });
    },

    deleted,

    /** @param text that is sent in the place of the message */
    wasSentBack(
      { messageId, receiptHandle }: Pick<ReceivedMessage, 'messageId' | 'receiptHandle'>,
      text: string,
    ): void {
      const before = queue.messages.get(messageId)?.text;
      for (const id of superseded(records.values(), messageId, before, text))
        broken.push(`a superseded message of ${id} was sent back`);
      if (before !== undefined && waitIn(text)?.origin !== firstOf({ messageId, text: before }))
        broken.push(`${messageId} was sent back as another one than the first of its chain`);
      sentBack.add(receiptHandle);
    },

    /** The store, with a look at the results of its claims. */
    watched: <Store extends Pick<ConsumePorts['inboundEvents'], 'claim' | 'reclaim'>>(
      store: Store,
    ): Store => ({
      ...store,
      async claim(claim: Claim) {
        checkClaim(claim);
        return refused(claim, await store.claim(claim));
      },
      async reclaim(seen: EventRecord, claim: Claim) {
        checkClaim(claim);
        return refused(claim, await store.reclaim(seen, claim));
      },
    }),
  };
}
