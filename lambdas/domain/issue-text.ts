import type * as v from 'valibot';

/** What a kind of value is called to people who write JSON. */
const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  Array: 'a list',
  Object: 'an object',
};

/** What a number or a size must be, before its limit. */
const limits: Readonly<Record<string, readonly [string, string]>> = {
  min_value: ['at least', ''],
  max_value: ['at most', ''],
  min_length: ['at least', 'characters'],
  max_length: ['at most', 'characters'],
  max_bytes: ['at most', 'bytes'],
};

/** Rules without a number that valibot words for programmers. */
const rules: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  safe_integer: 'a whole number of at most 2^53 - 1',
  iso_date: 'a day as YYYY-MM-DD',
  iso_timestamp: 'an instant as 2026-12-01T00:00:00.000Z',
};

/**
 * What is wrong with a value, and what it must be: `expected 1 to 64 of A-Z a-z 0-9 _ -, got 300 characters`.
 *
 * A rule's own message says what the rule wants. The value is the caller's: no text of it is repeated, only its length.
 *
 * @param issue of a schema of ours: another's message may hold anything
 */
export const issueText = (issue: v.GenericIssue): string =>
  isMissing(issue) ? 'is missing' : `expected ${ruleOf(issue)}, got ${gotOf(issue.input)}`;

/** Whether it is about a field that has to be there, and is not. */
export const isMissing = (issue: v.GenericIssue): boolean =>
  issue.kind === 'schema' && issue.received === 'undefined';

/** What a value must be, in words. */
export function ruleOf(issue: v.GenericIssue): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  const [before, unit] = limits[issue.type] ?? [];
  const requirement: unknown = Reflect.get(issue, 'requirement');
  if (before !== undefined) return `${before} ${requirement} ${unitOf(issue, unit)}`.trimEnd();
  return rules[issue.type] ?? namesOf(issue.expected ?? issue.type);
}

const unitOf = ({ input }: v.GenericIssue, unit: string | undefined): string =>
  Array.isArray(input) ? 'of them' : (unit ?? '');

/** `(string | number | null)` and `("failed" | "ignored")`, in words. */
function namesOf(expected: string): string {
  const several = expected.replace(/^\((.*)\)$/, '$1').split(/ [|&] /);
  const names = [...new Set(several)].map((name) => kinds[name] ?? name.replace(/^"(.*)"$/, '$1'));
  if (names.length === 1) return names[0] ?? expected;
  return `one of ${names.join(', ')}`;
}

const longestNumber = 24;

function gotOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `${value.length} character${value.length === 1 ? '' : 's'}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  // A number that is kept digit by digit is an object.
  if (JSON.isRawJSON(value)) return 'a number';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value).slice(0, longestNumber);
}

const longestName = 100;

/**
 * Where in a value an issue is: names separated by full stops; empty for the whole.
 *
 * A name that cannot be a field's is the caller's text, and is not repeated either.
 */
export const issuePath = (issue: v.GenericIssue): string =>
  (issue.path ?? []).map(({ key }) => fieldName(String(key))).join('.');

/** A field's name, as it may be shown. */
export const fieldName = (name: string): string =>
  name.length <= longestName && /^[\x20-\x7e]*$/.test(name) ? name : `(a name of ${name.length} characters)`;
