import { Validator } from '@cfworker/json-schema';
import type { EventTypeRecord } from '../domain/event-type.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';

/** What a schema says is looked up so often at most. */
const cacheFor = seconds(60);

/** Checks payloads against the schemas of their event types, where a team asks for it. */
export function payloadCheck(
  read: (name: string) => Promise<EventTypeRecord | undefined>,
  now: () => UnixMillis,
) {
  const known = new Map<string, { readonly until: UnixMillis; readonly validator: Validator | undefined }>();

  async function validatorFor(type: string): Promise<Validator | undefined> {
    const cached = known.get(type);
    if (cached !== undefined && cached.until > now()) return cached.validator;
    const record = await read(type);
    const validator =
      record?.checkPayload && record.schema ? new Validator(record.schema, '2020-12') : undefined;
    known.set(type, { until: later(now(), cacheFor), validator });
    return validator;
  }

  /** @returns what is wrong with a payload; never a value of it */
  return async (type: string, data: unknown): Promise<string | undefined> => {
    const validator = await validatorFor(type);
    if (validator === undefined) return undefined;
    // Numbers that are kept digit by digit are numbers to a schema.
    const { valid, errors } = validator.validate(JSON.parse(JSON.stringify(data ?? null)));
    if (valid) return undefined;
    const last = errors.at(-1);
    return `data${last?.instanceLocation.slice(1).replaceAll('/', '.') ?? ''} does not fit the schema of ${type} (${last?.keyword})`;
  };
}

/** What is wrong with a JSON Schema; undefined: nothing. */
export function refusalOfSchema(schema: object): string | undefined {
  try {
    new Validator(schema, '2020-12').validate({});
    return undefined;
  } catch (error) {
    return `cannot be used as a JSON Schema: ${error instanceof Error ? error.message : error}`;
  }
}
