import { type DeadMessage, type Resend, resendKey } from './dead-letter.ts';
import { type Walked, type WalkPorts, walkQueue } from './walk-queue.ts';

/** What became of sending one dead letter back. */
export type Resent =
  | { readonly kind: 'sent' }
  /** It was sent before, in another way: the dead letter has nothing more to say. */
  | { readonly kind: 'obsolete' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a redrive needs of the outside world. */
export interface RedrivePorts extends WalkPorts {
  resend(resend: Resend): Promise<Resent>;
}

/** What became of a redrive. */
export interface Redriven extends Walked {
  readonly sent: number;
  readonly obsolete: number;
  /** Stays in the queue. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** Came back while this ran: it failed again at once. */
  readonly cameBack: number;
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
  const refused: { id: string; reason: string }[] = [];
  const counts = { sent: 0, obsolete: 0, cameBack: 0 };

  async function redriveOne({ id, resend }: DeadMessage): Promise<boolean> {
    const key = resendKey(resend);
    if (begun.has(key)) {
      counts.cameBack += 1;
      return false;
    }
    begun.add(key);
    const resent = await ports.resend(resend);
    if (resent.kind === 'refused') refused.push({ id, reason: resent.reason });
    else counts[resent.kind] += 1;
    return resent.kind !== 'refused';
  }

  const progress = () => ports.progress(counts.sent);
  const walked = await walkQueue(isMeant, redriveOne, { ...ports, progress });
  return { ...counts, refused, ...walked };
}
