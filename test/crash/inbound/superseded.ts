import { ReceivedMessage, type Wait } from '../../../lambdas/domain/event.ts';
import { type EventRecord, ownerOf } from '../../../lambdas/domain/idempotency.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';

const waitIn = (text: string): Wait | undefined => parseMessage(ReceivedMessage, 'message', text).wait;

/**
 * A message is superseded when it is the one of the failed attempt, or waited for an earlier one, and another message waits
 * by the record. A redelivery is not: it joins the wait.
 *
 * @param before its text on the queue; undefined if it was deleted
 * @param after the text that is sent back
 * @returns the event, if another message of it waits already
 */
export function superseded(
  records: Iterable<EventRecord>,
  messageId: string,
  before: string | undefined,
  after: string,
): string[] {
  if (before === undefined) return [];
  const [own, next] = [waitIn(before), waitIn(after)];
  if (own?.after === next?.after) return [];
  const record = [...records].find(({ owner, sentBack }) => owner === next?.after && sentBack === true);
  const isSuperseded =
    own !== undefined || record?.owner.endsWith(ownerOf('', messageId).split('/')[1] ?? '');
  return record !== undefined && isSuperseded ? [record.id] : [];
}
