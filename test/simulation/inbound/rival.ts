import type { Claim, EventRecord } from '../../../lambdas/domain/idempotency.ts';
import type { Variant } from '../../crash/inbound/scenario.ts';
import { chance, type Draws, pick } from '../draws.ts';

/** Another consumer that claims an event again just before a worker does. Then it dies, or the attempt fails. */
export interface Rival {
  /** Which second claim of the run it forestalls, counted from 0. */
  readonly nth: number;
  readonly end: 'dies' | 'fails' | 'gives up';
}

export const drawRival = (story: Draws): Rival | undefined =>
  chance(story, 25) ? { nth: story.below(3), end: pick(story, ['dies', 'fails', 'gives up']) } : undefined;

/** The ports with a rival behind them, and a mutant. */
export function withRival(rival: Rival, { above, below }: Variant = {}): Variant {
  let reclaims = 0;
  return {
    above,
    below(ports, table) {
      const { inboundEvents } = ports;
      async function forestall(seen: EventRecord, claim: Claim): Promise<void> {
        const own = { ...claim, owner: 'a rival/its message', messageId: 'its message' };
        if ((await inboundEvents.reclaim(seen, own)) !== undefined || rival.end === 'dies') return;
        const { now } = claim;
        await inboundEvents.finish(
          own,
          rival.end === 'fails'
            ? { kind: 'retrying', error: 'not now', dueAt: now, sentBack: false }
            : {
                kind: 'failed',
                error: 'never',
                kept: { keptDay: 'stripe#2026-11-29', keptMessage: `kept ${claim.id}` },
              },
          now,
        );
      }
      const overtaken = {
        ...ports,
        inboundEvents: {
          ...inboundEvents,
          async reclaim(seen: EventRecord, claim: Claim) {
            if (reclaims++ === rival.nth) await forestall(seen, claim);
            return inboundEvents.reclaim(seen, claim);
          },
        },
      };
      return below?.(overtaken, table) ?? overtaken;
    },
  };
}
