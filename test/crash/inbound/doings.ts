import { headingOf, type PackedEvent, packEvent, ReceivedMessage } from '../../../lambdas/domain/event.ts';
import { PermanentFailure } from '../../../lambdas/domain/handler.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { stripeMessage } from '../../support/worlds/inbound-world.ts';
import type { Doing } from './scenario.ts';

type Sleep = (millis: number) => Promise<void>;
/** What a handler does in its run. */
export const does: Readonly<Record<Doing, (exit: () => Promise<never>, sleep: Sleep) => Promise<void>>> = {
  succeeds: async () => undefined,
  'succeeds slowly': async (_exit, sleep) => sleep(40_000),
  fails: () => Promise.reject(new Error('not now')),
  'fails for good': () => Promise.reject(new PermanentFailure('never')),
  kills: (exit) => exit(),
  'kills late': async (exit, sleep) => {
    await sleep(1000);
    return exit();
  },
  hangs: () => new Promise(() => undefined),
};

/** A message as λ receive sends it: an event with a handler, one without, or text that is not an event. */
export function messageOf(id: string): PackedEvent {
  if (!id.startsWith('evt_')) return { message: id };
  const message = stripeMessage(id, id.startsWith('evt_ignored') ? { type: 'charge.updated' } : {});
  const size = sizes.find(([suffix]) => id.endsWith(suffix))?.[1];
  if (size === undefined) return { message };
  const heading = headingOf(parseMessage(ReceivedMessage, 'queue message', message));
  return packEvent(heading, Buffer.from(JSON.stringify({ id, filling: 'x'.repeat(size) })));
}

/** By the end of the id: too large for its record, so it is kept in the bucket; and too large for its message, too. */
const sizes: readonly (readonly [suffix: string, bytes: number])[] = [
  ['_large', 33_000],
  ['_huge', 300_000],
];
