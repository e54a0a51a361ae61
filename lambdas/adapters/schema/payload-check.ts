import type { EventTypeRecord } from '../../domain/event-type.ts';
import { later, seconds, type UnixMillis } from '../../domain/time.ts';

/** How long a schema is cached. */
const cacheFor = seconds(60);

/** The most event types in the cache, because a publisher may name any number of them. */
export const maxKnownTypes = 1_000;

type Refusal = string | undefined;

/** Checks payloads against the schemas of their event types, if a team has enabled it. */
export function payloadCheck(
  read: (name: string) => Promise<EventTypeRecord | undefined>,
  now: () => UnixMillis,
) {
  const known = new Map<string, { readonly until: UnixMillis; readonly check: (data: unknown) => Refusal }>();

  /** @returns the payload's fault, without any of its values; undefined when it matches */
  return async (type: string, data: unknown): Promise<Refusal> => {
    const cached = known.get(type);
    if (cached !== undefined && cached.until > now()) return cached.check(data);
    const check = await checkOf(type, await read(type));
    // Moves to the end, behind those that were read before it.
    known.delete(type);
    known.set(type, { until: later(now(), cacheFor), check });
    const [oldest] = known.keys();
    if (known.size > maxKnownTypes && oldest !== undefined) known.delete(oldest);
    return check(data);
  };
}

/** Few teams check payloads, so a cold start does not wait for the validator. */
async function checkOf(
  type: string,
  record: EventTypeRecord | undefined,
): Promise<(data: unknown) => Refusal> {
  if (!record?.checkPayload || !record.schema) return () => undefined;
  const { payloadValidator } = await import('./payload-validator.ts');
  return payloadValidator(type, record.schema);
}
