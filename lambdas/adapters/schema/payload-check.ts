import { Validator } from '@cfworker/json-schema';
import type { EventTypeRecord } from '../../domain/event-type.ts';
import { later, millis, seconds, type UnixMillis } from '../../domain/time.ts';
import { within } from './time-limit.ts';

/** How long a schema is cached. */
const cacheFor = seconds(60);
/** A pattern may take for ever, and hold up every other event. */
const checkedFor = millis(1_000);

/** Event types that are known at once: a publisher may name as many as it likes. */
export const maxKnownTypes = 1_000;

type Refusal = string | undefined;

/** Checks payloads against the schemas of their event types, where a team asks for it. */
export function payloadCheck(
  read: (name: string) => Promise<EventTypeRecord | undefined>,
  now: () => UnixMillis,
) {
  const known = new Map<string, { readonly until: UnixMillis; readonly check: (data: unknown) => Refusal }>();

  /** @returns the payload's fault, without a value of it; undefined when it fits */
  return async (type: string, data: unknown): Promise<Refusal> => {
    const cached = known.get(type);
    if (cached !== undefined && cached.until > now()) return cached.check(data);
    const check = checkOf(type, await read(type));
    // Behind those that were read before it.
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
      // Numbers that are kept digit by digit are numbers to a schema.
      const plain = JSON.parse(JSON.stringify(data ?? null));
      const { valid, errors } = within(checkedFor, () => {
        validator ??= new Validator(schema, '2020-12');
        return validator.validate(plain);
      });
      if (valid) return undefined;
      const last = errors.at(-1);
      return `data${last?.instanceLocation.slice(1).replaceAll('/', '.') ?? ''} does not fit the schema of ${type} (${last?.keyword})`;
    } catch {
      // Not the error's message: a value may be in it. One that goes round in circles ends here, too.
      return `the schema of ${type} cannot be applied to data, or not within a second`;
    }
  };
}
