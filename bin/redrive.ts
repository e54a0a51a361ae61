import { type DeadMessage, type DlqMessage, type Resend, resendKey } from './dead-letters.ts';

/** What became of sending one dead letter back. */
export type Resent =
  | { readonly kind: 'sent' }
  /** It was sent before, in another way: the dead letter has nothing more to say. */
  | { readonly kind: 'obsolete' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a redrive needs of the outside world. */
export interface RedrivePorts {
  /** @returns none when the queue is read to its end */
  receive(): Promise<readonly DlqMessage[]>;
  giveBack(messages: readonly DlqMessage[]): Promise<void>;
  delete(message: DlqMessage): Promise<void>;
  read(message: DlqMessage): DeadMessage;
  resend(resend: Resend): Promise<Resent>;
  progress(sent: number): void;
  /** Ctrl-C: what was begun is finished, and no more. */
  isStopped(): boolean;
}

/** What became of a redrive. */
export interface Redriven {
  readonly sent: number;
  readonly obsolete: number;
  /** Stays in the queue. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** Came back while this ran: it failed again at once. */
  readonly cameBack: number;
  readonly wasStopped: boolean;
}

/**
 * Sends dead letters back to where they came from, and deletes each only after it was sent: whatever stops this, nothing
 * is lost, and what was sent and not deleted is sent twice, which idempotency absorbs.
 *
 * @param isMeant which of the queue's dead letters
 */
export async function redrive(
  isMeant: (dead: DeadMessage) => boolean,
  ports: RedrivePorts,
): Promise<Redriven> {
  const begun = new Set<string>();
  const seen = new Set<string>();
  const refused: { id: string; reason: string }[] = [];
  const left = new Set<DlqMessage>();
  let sent = 0;
  let obsolete = 0;
  let cameBack = 0;

  async function redriveOne(message: DlqMessage): Promise<void> {
    const dead = ports.read(message);
    if (!isMeant(dead)) return;
    const key = resendKey(dead.resend);
    if (begun.has(key)) {
      cameBack += 1;
      return;
    }
    begun.add(key);
    const resent = await ports.resend(dead.resend);
    if (resent.kind === 'refused') {
      refused.push({ id: dead.id, reason: resent.reason });
      return;
    }
    await ports.delete(message);
    left.delete(message);
    if (resent.kind === 'sent') sent += 1;
    else obsolete += 1;
  }

  try {
    for (let batch = await ports.receive(); batch.length > 0; batch = await ports.receive()) {
      // It is longer than can be read before the first ones are visible again.
      if (batch.every(({ messageId }) => seen.has(messageId))) break;
      for (const message of batch) {
        seen.add(message.messageId);
        left.add(message);
      }
      await allSettled(batch.map(redriveOne));
      ports.progress(sent);
      if (ports.isStopped()) break;
    }
  } finally {
    await ports.giveBack([...left]);
  }
  return { sent, obsolete, refused, cameBack, wasStopped: ports.isStopped() };
}

/** Waits for all, then throws the first failure: a failed send leaves no other between send and delete. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
