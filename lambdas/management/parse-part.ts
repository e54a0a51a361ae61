import * as v from 'valibot';
import { namesOfObjects } from '../domain/endpoint-headers.ts';
import { isMissing, issuePath, issueText, ruleOf } from '../domain/issue-text.ts';
import { unknownFields } from '../domain/unknown-fields.ts';
import { type FieldError, Problem } from './problem.ts';

/** The part of a request that a field stands in. */
export type RequestPart = 'path' | 'query' | 'body';

/**
 * Parses a part of a request.
 *
 * Refuses unknown fields for every kind of object schema, so that a misspelt name is never silently ignored.
 *
 * @throws Problem that names each wrong field and its rule, and never repeats a value
 */
export function parsePart<Schema extends v.GenericSchema>(
  schema: Schema,
  part: RequestPart,
  value: object,
): v.InferOutput<Schema> {
  const known = entriesOf(schema);
  const unknown = unknownFields(known, value).map(({ name, message }) => ({ path: name, message }));
  const given = Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(known, name)));
  const result = v.safeParse(schema, given);
  const wrong = (result.issues ?? []).map((issue) => fieldError(issue, known));
  const errors = [...unknown, ...unkept(given, known), ...wrong];
  if (errors.length > 0 || !result.success) throw refused(part, errors);
  return result.output;
}

/** Makes the problem for a request with wrong fields. */
export function refused(part: RequestPart, errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new Problem('invalid-request', `${part}: ${first?.path}: ${first?.message}${more}`, errors);
}

type Entries = Readonly<Record<string, v.GenericSchema>>;

/** The fields of an object schema. */
const entriesOf = (schema: v.GenericSchema): Entries =>
  'entries' in schema ? Object.fromEntries(Object.entries(Object(schema.entries)).filter(isNamedSchema)) : {};

const isNamedSchema = (entry: [string, unknown]): entry is [string, v.GenericSchema] => isSchema(entry[1]);

const isSchema = (value: unknown): value is v.GenericSchema =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';

function fieldError(issue: v.GenericIssue, known: Entries): FieldError {
  const path = issuePath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const expected = hasOwnWords(issue) ? `one of ${issue.message}` : 'no field of this name';
    return { path, message: `is unknown; expected ${expected}` };
  }
  if (!isMissing(issue)) return { path, message: issueText(issue) };
  if (hasOwnWords(issue)) return { path, message: `is missing; expected ${issue.message}` };
  const own = known[path];
  const [first] = (own && v.safeParse(own, undefined).issues) ?? [];
  return { path, message: `is missing; expected ${first ? ruleOf(first) : 'a value'}` };
}

/** Whether the schema has its own message, not Valibot's default. */
const hasOwnWords = ({ message }: v.GenericIssue): boolean => !message.startsWith('Invalid');

/** Finds what `v.record` silently accepts or drops: a list, and names of `Object.prototype`. */
const unkept = (value: object, known: Entries): FieldError[] =>
  Object.entries(value).flatMap(([name, map]) => (holdsMap(known[name]) ? wrongMap(name, map) : []));

function wrongMap(path: string, map: unknown): FieldError[] {
  if (Array.isArray(map)) return [{ path, message: `expected an object, got a list of ${map.length}` }];
  return namesOfObjects
    .filter((key) => Object.hasOwn(Object(map), key))
    .map((key) => ({ path: `${path}.${key}`, message: `expected a name other than ${key}` }));
}

/** Whether a schema is a `v.record`, perhaps an optional one. */
function holdsMap(schema: v.GenericSchema | undefined): boolean {
  if (schema === undefined) return false;
  if (schema.type === 'record') return true;
  return 'wrapped' in schema && isSchema(schema.wrapped) && holdsMap(schema.wrapped);
}
