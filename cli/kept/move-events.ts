import type { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { eventKey } from '../../lambdas/domain/idempotency.ts';
import type { DlqMessage } from '../dlq/dead-letter.ts';
import { passThrough, type QueuePass, type QueuePassPorts } from '../dlq/queue-pass.ts';
import { type LeftMessage, readLeft } from './left-message.ts';

export interface MovePorts extends QueuePassPorts {
  /** Sends a message to the queue that the source has now. */
  send(message: Pick<LeftEvent, 'body' | 'attributes'>): Promise<void>;
  /** Why the consumer could not handle the event there; undefined when it could. */
  obstacle(event: ReceivedMessage): Promise<string | undefined>;
}

type LeftEvent = Extract<LeftMessage, { kind: 'event' }>;

/** A message that stays in its queue. */
interface StayingMessage {
  /** `source#eventId`, or SQS's id of a message that is not an event. */
  readonly id: string;
  readonly reason: string;
}

/** The result of moving the events of a queue. */
export interface Moved extends QueuePass {
  readonly moved: number;
  readonly staying: readonly StayingMessage[];
  /** The number of events of each other source; they stay, too. */
  readonly ofOthers: Readonly<Record<string, number>>;
}

/**
 * Moves the events of one source from a queue that was left over to the queue that the source has now.
 *
 * Each event is sent, then deleted. A run that is killed in between leaves the event in both queues, and the source's claims
 * prevent a second handling.
 */
export async function moveEvents(source: string, ports: MovePorts): Promise<Moved> {
  const staying = new Map<string, StayingMessage>();
  const others = new Map<string, string>();
  let moved = 0;

  async function moveOne(message: DlqMessage): Promise<boolean> {
    const read = readLeft(message);
    if (read.kind === 'unreadable') {
      staying.set(message.messageId, { id: message.messageId, reason: read.reason });
      return false;
    }
    const { event, body, attributes } = read;
    if (event.source !== source) {
      others.set(message.messageId, event.source);
      return false;
    }
    const reason = await ports.obstacle(event);
    if (reason !== undefined) {
      staying.set(message.messageId, { id: eventKey(event.source, event.id), reason });
      return false;
    }
    await ports.send({ body, attributes });
    moved += 1;
    return true;
  }

  const { isWhole, wasStopped } = await passThrough(moveOne, ports);
  return { moved, staying: [...staying.values()], ofOthers: countEach(others.values()), wasStopped, isWhole };
}

function countEach(names: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
