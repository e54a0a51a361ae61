import { type Schema, Validator } from '@cfworker/json-schema';
import { millis } from '../../domain/time.ts';
import { within } from './time-limit.ts';

/** The time limit of a check: a pattern may never end, and would delay every other event. */
const checkedFor = millis(1_000);

/** Checks payloads of a type by its schema. The function returns the fault, without values of the payload, or undefined for a valid one. */
export function payloadValidator(type: string, schema: Schema): (data: unknown) => string | undefined {
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
