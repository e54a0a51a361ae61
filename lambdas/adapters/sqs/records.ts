import type { SQSEvent } from 'aws-lambda';
import { MalformedEventError } from '../malformed-event.ts';

/** A message as an event source mapping hands it to a function. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly text: string;
  /** How often SQS has delivered it, including this time. */
  readonly receives: number;
  /** Its string attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The name of the queue. */
  readonly queueName: string;
}

/**
 * Reads the messages of an event source mapping's event.
 *
 * A field of the wrong type counts as empty, so that one malformed record fails none of the others: its text is then no
 * message, and goes to a dead-letter queue.
 *
 * @throws MalformedEventError when the event is not a batch of messages
 */
export function recordsIn(event: SQSEvent): readonly QueueRecord[] {
  const records: unknown = event?.Records;
  if (Array.isArray(records)) return records.map(recordOf);
  throw new MalformedEventError(
    'the event is not a batch of SQS messages: Records is not a list; invoke the function through its queue',
  );
}

function recordOf(record: unknown): QueueRecord {
  const of = (name: string): unknown => Reflect.get(Object(record), name);
  const receives = Number(Reflect.get(Object(of('attributes')), 'ApproximateReceiveCount'));
  return {
    messageId: textOf(of('messageId')),
    receiptHandle: textOf(of('receiptHandle')),
    text: textOf(of('body')),
    receives: Number.isSafeInteger(receives) && receives > 0 ? receives : 1,
    attributes: stringAttributes(of('messageAttributes')),
    queueName: textOf(of('eventSourceARN')).split(':').at(-1) ?? '',
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const stringAttributes = (attributes: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Object(attributes)).map(([name, value]) => [
      name,
      textOf(Reflect.get(Object(value), 'stringValue')),
    ]),
  );
