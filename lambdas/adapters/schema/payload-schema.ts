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
import { asError } from '../../domain/errors.ts';
import { millis } from '../../domain/time.ts';
import { within } from './time-limit.ts';

const draft = '2020-12';
/** What each vocabulary says about one schema; those within it are looked at one by one. */
const vocabularies = [core, applicator, keywords].map(
  (vocabulary) => new Validator(vocabulary as Schema, draft),
);
/** A payload gets no longer, either. */
const lookedAtFor = millis(1_000);

/** What is wrong with a JSON Schema (2020-12), wherever in it; undefined: nothing. */
export function checkSchema(schema: Schema): string | undefined {
  try {
    const wrong = within(lookedAtFor, () => firstWrong(schema));
    return wrong && `cannot be used as a JSON Schema: ${wrong}`;
  } catch (error) {
    return `cannot be used as a JSON Schema: ${asError(error).message}`;
  }
}

function firstWrong(schema: Schema): string | undefined {
  const known = dereference(schema);
  for (const [at, part] of partsOf(schema, '#')) {
    const wrong = refusalOfPart(part, known);
    if (wrong !== undefined) return `${at} ${wrong}`;
  }
  // One that refers to itself for ever does so with whatever it is applied to.
  new Validator(schema, draft).validate({});
  return undefined;
}

/** @param known the schemas that can be referred to, by URI: nothing is fetched */
function refusalOfPart(part: unknown, known: ReturnType<typeof dereference>): string | undefined {
  if (typeof part === 'boolean') return undefined;
  if (!isObject(part)) return 'is no schema: an object, true or false';
  for (const vocabulary of vocabularies) {
    const wrong = vocabulary.validate(part).errors.at(-1);
    if (wrong !== undefined) return `has a wrong ${wrong.instanceLocation.slice('#/'.length)}`;
  }
  if (Object.hasOwn(part, '$dynamicRef')) return 'has a $dynamicRef, which is not supported';
  const { $ref, __absolute_ref__: uri } = part;
  const leadsNowhere = uri !== undefined && known[uri] === undefined;
  return leadsNowhere ? `has a $ref that leads nowhere in it: ${$ref}` : undefined;
}

/** A schema and all that are in it, each with its place. */
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
