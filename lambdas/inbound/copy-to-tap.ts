import { parseJson } from '../domain/json.ts';
import type { Tap } from '../domain/tap.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';

export interface TapPorts {
  now(): UnixMillis;
  readTap(source: string): Promise<Tap | undefined>;
  /** @param source whose listener it is for */
  sendCopy(source: string, queueName: string, message: string): Promise<void>;
  readonly telemetry: { warn(line: string, fields: Readonly<Record<string, string>>): void };
}

/** A message of a source's queue. */
export interface TappedMessage {
  readonly text: string;
  /** How often SQS has handed it out, this time included. */
  readonly receives: number;
}

/** A listener is heard of within this. */
const tapCachedFor = seconds(5);

/**
 * Copies received events to the listener of their source.
 *
 * Each event once, when it comes first: not again when it was sent back to wait. Never throws, and takes nothing from the consumer.
 */
export function tapCopier(ports: TapPorts): (messages: readonly TappedMessage[]) => Promise<void> {
  const known = new Map<string, { readonly lookAt: UnixMillis; readonly tap: Promise<Tap | undefined> }>();
  const unheard = (source: string, error: unknown): void =>
    ports.telemetry.warn('tap.copy-failed', { source, reason: String(error) });

  /** A failed lookup is cached as long as an empty one, so that a throttled table does not get a read for every event. */
  function tapOf(source: string): Promise<Tap | undefined> {
    const seen = known.get(source);
    if (seen !== undefined && seen.lookAt > ports.now()) return seen.tap;
    const tap = ports.readTap(source).catch((error: unknown) => {
      unheard(source, error);
      return undefined;
    });
    known.set(source, { lookAt: later(ports.now(), tapCachedFor), tap });
    return tap;
  }

  async function copy({ text }: TappedMessage): Promise<void> {
    const source = sourceIn(text);
    if (source === undefined) return;
    const tap = await tapOf(source);
    if (tap === undefined || tap.until <= ports.now()) return;
    // It may have gone: the next look tells.
    await ports.sendCopy(source, tap.queueName, text).catch((error: unknown) => unheard(source, error));
  }

  return async (messages) => {
    await Promise.all(messages.filter(({ receives }) => receives === 1).map(copy));
  };
}

/** @returns undefined for what is not copied */
function sourceIn(text: string): string | undefined {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null || 'wait' in message) return undefined;
  const source: unknown = Reflect.get(message, 'source');
  return typeof source === 'string' ? source : undefined;
}
