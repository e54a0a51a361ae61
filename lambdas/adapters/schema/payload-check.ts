import { Validator } from '@cfworker/json-schema';
import type { EventTypeRecord } from '../../domain/event-type.ts';
import { later, millis, seconds, type UnixMillis } from '../../domain/time.ts';
import { within } from './time-limit.ts';

/** How long a schema is cached. */
const cacheFor = seconds(60);
/** The time limit of a check: a pattern may never end, and would delay every other event. */
const checkedFor = millis(1_000);

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
    const check = checkOf(type, await read(type));
    // Moves to the end, behind those that were read before it.
    known.delete(type);
    known.set(type, { until: later(now(), cacheFor), check });
    const [oldest] = known.keys();
    if (known.size > maxKnownTypes && oldest !== undefined) known.delete(oldest);
    return check(data);
  };
}

function checkOf(type: string, record: EventTypeRecord | undefined): (data: unknown) => Refusal {
  if (!record?.checkPayload || !record.schema) return () => undefined;
  const { schema } = record;
  let validator: Validator | undefined;
  return (data) => {
    try {
      // A schema must see exact numbers, which are objects here, as numbers.
      const plain = JSON.parse(JSON.stringify(data ?? null));
      const { valid, errors } = within(checkedFor, () => {
        validator ??= new Validator(schema, '2020-12');
        return validator.validate(plain);
      });
      if (valid) return undefined;
      const last = errors.at(-1);
      return `data${last?.instanceLocation.slice(1).replaceAll('/', '.') ?? ''} does not fit the schema of ${type} (${last?.keyword})`;
    } catch {
      // The error's message may contain a value, so it is not used. A schema with an endless reference ends here, too.
      return `the schema of ${type} cannot be applied to data, or not within a second`;
    }
  };
}
