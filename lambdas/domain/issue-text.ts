import type * as v from 'valibot';

/** The names of JSON types in error messages. */
const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  Array: 'a list',
  Object: 'an object',
};

/** The words before and after a limit. */
const limits: Readonly<Record<string, readonly [string, string]>> = {
  min_value: ['at least', ''],
  max_value: ['at most', ''],
  min_length: ['at least', 'characters'],
  max_length: ['at most', 'characters'],
  max_bytes: ['at most', 'bytes'],
};

/** Rules without a limit, in words. */
const rules: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  safe_integer: 'a whole number of at most 2^53 - 1',
  iso_date: 'a day as YYYY-MM-DD',
  iso_timestamp: 'an instant, e.g. 2026-12-01T00:00:00.000Z',
};

/**
 * Says what a value must be and what it is: `expected 1 to 64 of A-Z a-z 0-9 _ -, got 300 characters`.
 *
 * Never repeats a text of the caller's, only its length.
 *
 * @param issue of one of our schemas, because the message of another one may contain the value
 */
export const issueText = (issue: v.GenericIssue): string =>
  isMissing(issue) ? 'is missing' : `expected ${ruleOf(issue)}, got ${gotOf(issue.input)}`;

/** Whether the issue is a missing field. */
export const isMissing = (issue: v.GenericIssue): boolean =>
  issue.kind === 'schema' && issue.received === 'undefined';

/** Says what a value must be. */
export function ruleOf(issue: v.GenericIssue): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  const [before, unit] = limits[issue.type] ?? [];
  const requirement: unknown = Reflect.get(issue, 'requirement');
  if (before !== undefined) return `${before} ${requirement} ${unitOf(issue, unit)}`.trimEnd();
  return rules[issue.type] ?? namesOf(issue.expected ?? issue.type);
}

const unitOf = ({ input }: v.GenericIssue, unit: string | undefined): string =>
  Array.isArray(input) ? 'of them' : (unit ?? '');

/** Converts Valibot's `(string | number | null)` and `("failed" | "ignored")` into words. */
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
  // `parseExactly` turns some numbers into objects.
  if (JSON.isRawJSON(value)) return 'a number';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value).slice(0, longestNumber);
}

const longestName = 100;

/**
 * The path of an issue: names separated by full stops; empty for the whole value.
 *
 * Does not repeat a name that cannot be a field's, because it is the caller's text.
 */
export const issuePath = (issue: v.GenericIssue): string =>
  (issue.path ?? []).map(({ key }) => fieldName(String(key))).join('.');

/** Returns a field's name if it may be shown, else its length. */
export const fieldName = (name: string): string =>
  name.length <= longestName && /^[\x20-\x7e]*$/.test(name) ? name : `(a name of ${name.length} characters)`;
