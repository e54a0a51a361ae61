import type { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { eventKey } from '../../lambdas/domain/idempotency.ts';
import type { DlqMessage } from '../dlq/dead-letter.ts';
import { type LeftMessage, readLeft } from './left-message.ts';

export interface MovePorts {
  /** @returns none at the end of the queue */
  receive(): Promise<readonly DlqMessage[]>;
  giveBack(messages: readonly DlqMessage[]): Promise<void>;
  delete(message: DlqMessage): Promise<void>;
  /** To the queue that the source has now. */
  send(message: Pick<LeftEvent, 'body' | 'attributes'>): Promise<void>;
  /** Why the consumer could not handle the event there; undefined when it could. */
  obstacle(event: ReceivedMessage): Promise<string | undefined>;
  progress(moved: number): void;
  /** True after Ctrl-C: the current batch is finished, and no other is started. */
  isStopped(): boolean;
}

type LeftEvent = Extract<LeftMessage, { kind: 'event' }>;

/** A message that stays in its queue. */
interface StayingMessage {
  /** `source#eventId`, or SQS's id of the message where it is no event. */
  readonly id: string;
  readonly reason: string;
}

/** What became of the messages of a queue. */
export interface Moved {
  readonly moved: number;
  readonly staying: readonly StayingMessage[];
  /** They stay, too: how many there are of each other source. */
  readonly ofOthers: Readonly<Record<string, number>>;
  readonly wasStopped: boolean;
  /** False when the queue is longer than could be read before its first messages came again. */
  readonly isWhole: boolean;
}

/**
 * Moves the events of one source from a queue that was left over to the one that the source has now.
 *
 * Each is sent, then deleted: a run that is killed in between leaves it in both, and the source's claims have it handled
 * once. What is not moved is given back.
 */
export async function moveEvents(source: string, ports: MovePorts): Promise<Moved> {
  const left = new Map<string, DlqMessage>();
  const staying = new Map<string, StayingMessage>();
  const others = new Map<string, string>();
  let moved = 0;

  async function moveOne(message: DlqMessage): Promise<void> {
    const read = readLeft(message);
    if (read.kind === 'unreadable') {
      staying.set(message.messageId, { id: message.messageId, reason: read.reason });
      return;
    }
    const { event, body, attributes } = read;
    if (event.source !== source) {
      others.set(message.messageId, event.source);
      return;
    }
    const reason = await ports.obstacle(event);
    if (reason !== undefined) {
      staying.set(message.messageId, { id: eventKey(event.source, event.id), reason });
      return;
    }
    await ports.send({ body, attributes });
    await ports.delete(message);
    left.delete(message.messageId);
    moved += 1;
  }

  let isWhole = false;
  try {
    while (!ports.isStopped()) {
      const batch = await ports.receive();
      isWhole = batch.length === 0;
      // Where all were seen before, the queue is longer than can be read before the first ones are visible again.
      if (batch.every(({ messageId }) => left.has(messageId))) break;
      for (const message of batch) left.set(message.messageId, message);
      await allSettled(batch.map(moveOne));
      ports.progress(moved);
    }
  } finally {
    await ports.giveBack([...left.values()]);
  }
  const result = { moved, staying: [...staying.values()], ofOthers: countEach(others.values()) };
  return { ...result, wasStopped: ports.isStopped(), isWhole };
}

function countEach(names: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Waits for all, then throws the first failure, so that no other message is left between send and delete. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
