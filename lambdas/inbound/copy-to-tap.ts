import { parseJson } from '../domain/json.ts';
import type { Tap } from '../domain/tap.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';
import type { InboundPorts } from './ports.ts';

type CopyToTapPorts = Pick<InboundPorts, 'now' | 'taps' | 'sendCopy' | 'telemetry'>;

/** A message of a source's queue. */
export interface TappedMessage {
  readonly text: string;
  /** How often SQS has handed it out, including this time. */
  readonly receives: number;
}

/** How long a lookup is cached: a new listener gets its first copy within this time. */
const tapCachedFor = seconds(5);

/**
 * Copies received events to the listeners of their source.
 *
 * Copies each event once, when SQS hands it out first, and not when it was sent back to wait. Never throws.
 */
export function tapCopier(ports: CopyToTapPorts): (messages: readonly TappedMessage[]) => Promise<void> {
  const known = new Map<string, { readonly lookAt: UnixMillis; readonly taps: Promise<readonly Tap[]> }>();
  const logFailure = (source: string, error: unknown): void =>
    ports.telemetry.log({ source }).warn('tap.copy-failed', { reason: String(error) });

  /** A failed lookup is cached as long as an empty one, so that a throttled table does not get a read for every event. */
  function tapsOf(source: string): Promise<readonly Tap[]> {
    const seen = known.get(source);
    if (seen !== undefined && seen.lookAt > ports.now()) return seen.taps;
    const taps = ports.taps.read(source).catch((error: unknown) => {
      logFailure(source, error);
      return [];
    });
    known.set(source, { lookAt: later(ports.now(), tapCachedFor), taps });
    return taps;
  }

  async function copy({ text }: TappedMessage): Promise<void> {
    const source = sourceIn(text);
    if (source === undefined) return;
    const live = (await tapsOf(source)).filter(({ until }) => until > ports.now());
    // A listener may be gone; the next lookup shows it.
    const copies = live.map(({ queueName }) =>
      ports.sendCopy(source, queueName, text).catch((error: unknown) => logFailure(source, error)),
    );
    await Promise.all(copies);
  }

  return async (messages) => {
    await Promise.all(messages.filter(({ receives }) => receives === 1).map(copy));
  };
}

/** @returns undefined if the message is not copied: it is not an event, or it was sent back to wait */
function sourceIn(text: string): string | undefined {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null || 'wait' in message) return undefined;
  const source: unknown = Reflect.get(message, 'source');
  return typeof source === 'string' ? source : undefined;
}
