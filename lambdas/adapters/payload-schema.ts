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

/** @throws Error when it cannot be used as a JSON Schema */
export const payloadValidator = (schema: Schema): Validator => new Validator(schema, '2020-12');

/** What each vocabulary says about one schema; those within it are looked at one by one. */
const vocabularies = [core, applicator, keywords].map((vocabulary) => payloadValidator(vocabulary as Schema));

/** What is wrong with a JSON Schema (2020-12), wherever in it; undefined: nothing. */
export function refusalOfSchema(schema: Schema): string | undefined {
  try {
    const known = dereference(schema);
    for (const [at, part] of partsOf(schema, '#')) {
      const wrong = refusalOfPart(part, known);
      if (wrong !== undefined) return `cannot be used as a JSON Schema: ${at} ${wrong}`;
    }
    // One that refers to itself for ever does so with whatever it is applied to.
    payloadValidator(schema).validate({});
    return undefined;
  } catch (error) {
    return `cannot be used as a JSON Schema: ${error instanceof Error ? error.message : error}`;
  }
}

/** @param known the schemas that can be referred to, by URI: nothing is fetched */
function refusalOfPart(part: Schema, known: ReturnType<typeof dereference>): string | undefined {
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
function* partsOf(schema: unknown, at: string): Generator<[string, Schema]> {
  if (typeof schema !== 'object' || schema === null) return;
  yield [at, schema];
  for (const [keyword, value] of Object.entries(schema))
    for (const [name, part] of schemasOf(keyword, value)) yield* partsOf(part, `${at}/${keyword}${name}`);
}

function schemasOf(keyword: string, value: unknown): readonly [string, unknown][] {
  const isArray = Array.isArray(value);
  if (Object.hasOwn(isArray ? schemaArrayKeyword : schemaMapKeyword, keyword))
    return Object.entries(value ?? {}).map(([name, part]) => [`/${name}`, part]);
  return Object.hasOwn(schemaKeyword, keyword) && !isArray ? [['', value]] : [];
}
