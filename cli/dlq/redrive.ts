import { type DeadMessage, type Resend, resendKey } from './dead-letter.ts';
import { type Walked, type WalkPorts, walkQueue } from './walk-queue.ts';

/** The result of sending one dead letter back. */
export type Resent =
  | { readonly kind: 'sent' }
  /** The delivery is already pending again or delivered, so the dead letter is deleted. */
  | { readonly kind: 'obsolete' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface RedrivePorts extends WalkPorts {
  resend(resend: Resend): Promise<Resent>;
}

/** The result of a redrive. */
export interface Redriven extends Walked {
  readonly sent: number;
  readonly obsolete: number;
  /** These stay in the queue. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** The number that came back during the redrive: they failed again at once. */
  readonly cameBack: number;
}

/**
 * Sends dead letters back to the queues that they came from, and deletes each after it was sent.
 *
 * If it is interrupted, nothing is lost. A message that was sent but not deleted is sent again, and deduplicated.
 *
 * @param isMeant selects dead letters of the queue
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
