import {
  dereference,
  type Schema,
  schemaArrayKeyword,
  schemaKeyword,
  schemaMapKeyword,
  Validator,
} from '@cfworker/json-schema';
import applicator from 'ajv/dist/refs/json-schema-2020-12/meta/applicator.json' with { type: 'json' };
import core from 'ajv/dist/refs/json-schema-2020-12/meta/core.json' with { type: 'json' };
import keywords from 'ajv/dist/refs/json-schema-2020-12/meta/validation.json' with { type: 'json' };
import { fieldName } from '../../domain/issue-text.ts';
import { millis } from '../../domain/time.ts';
import { within } from './time-limit.ts';

const draft = '2020-12';
/** Validators of one schema, one for each vocabulary. Nested schemas are checked one by one. */
const vocabularies = [core, applicator, keywords].map(
  (vocabulary) => new Validator(vocabulary as Schema, draft),
);
/** The time limit, the same as for a payload. */
const lookedAtFor = millis(1_000);

/** Checks a JSON Schema (2020-12) and all schemas in it. @returns the first fault; undefined when there is none */
export function checkSchema(schema: Schema): string | undefined {
  try {
    const wrong = within(lookedAtFor, () => firstWrong(schema));
    return wrong && `cannot be used as a JSON Schema: ${wrong}`;
  } catch (error) {
    // An error from `within` is of another realm, so it is not an instance of this one's Error.
    return `cannot be used as a JSON Schema: ${error instanceof Error ? error.message : error}`;
  }
}

function firstWrong(schema: Schema): string | undefined {
  const known = dereference(schema);
  for (const [at, part] of partsOf(schema, '#')) {
    const wrong = refusalOfPart(part, known);
    if (wrong !== undefined) return `${at} ${wrong}`;
  }
  // A schema with an endless reference loops with any value.
  new Validator(schema, draft).validate({});
  return undefined;
}

/** @param known the schemas that can be referred to, by URI: nothing is fetched */
function refusalOfPart(part: unknown, known: ReturnType<typeof dereference>): string | undefined {
  if (typeof part === 'boolean') return undefined;
  if (!isObject(part)) return 'is not a schema: expected an object, true or false';
  for (const vocabulary of vocabularies) {
    const wrong = vocabulary.validate(part).errors.at(-1);
    if (wrong !== undefined) return `has a wrong ${wrong.instanceLocation.slice('#/'.length)}`;
  }
  if (Object.hasOwn(part, '$dynamicRef')) return 'has a $dynamicRef, which is not supported';
  const { $ref, __absolute_ref__: uri } = part;
  const isUnresolved = uri !== undefined && known[uri] === undefined;
  return isUnresolved
    ? `has a $ref that does not resolve within the schema: ${fieldName(String($ref))}`
    : undefined;
}

/** A schema and all schemas inside it, each with its place. */
function* partsOf(schema: unknown, at: string): Generator<[string, unknown]> {
  yield [at, schema];
  if (!isObject(schema)) return;
  for (const [keyword, value] of Object.entries(schema))
    for (const [name, part] of schemasOf(keyword, value)) yield* partsOf(part, `${at}/${keyword}${name}`);
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function schemasOf(keyword: string, value: unknown): readonly [string, unknown][] {
  const isArray = Array.isArray(value);
  if (Object.hasOwn(isArray ? schemaArrayKeyword : schemaMapKeyword, keyword))
    return Object.entries(value ?? {}).map(([name, part]) => [`/${name}`, part]);
  return Object.hasOwn(schemaKeyword, keyword) && !isArray ? [['', value]] : [];
}
