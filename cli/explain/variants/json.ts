import { parseJson } from '../../../lambdas/domain/json.ts';
import { isDeeperThan } from '../../../lambdas/domain/nesting.ts';
import type { TextVariant } from './variant.ts';

/** What is deeper cannot be written again: `JSON.stringify` would overflow the stack. */
const maxLevels = 500;

/** The ways in which tools write the same JSON: white space, escapes, key order, and a line end. */
export function jsonVariants(text: string): TextVariant[] {
  const json = parseJson(text);
  if (json === undefined || isDeeperThan(json, maxLevels)) return [];
  const wrapped: TextVariant[] = [
    [
      'with the JSON in the text of the body: it was encoded as JSON twice',
      typeof json === 'string' ? json : text,
    ],
    ['with the body as a JSON text, which was parsed', JSON.stringify(text)],
    ...inEnvelope(json),
  ];
  if (typeof json !== 'object' || json === null) return wrapped;
  const orders = [['', text] as const, [' with its keys sorted', JSON.stringify(sorted(json))] as const];
  const written = orders.flatMap(([order, one]) =>
    layouts.flatMap(([layout, write]) => escapedForms(`${layout}${order}`, write(one))),
  );
  return [...wrapped, ...written, ...otherOrders(json, text)];
}

/** The body within a gateway's JSON event, which is verified by mistake. */
function inEnvelope(json: unknown): TextVariant[] {
  if (typeof json !== 'object' || json === null || !('body' in json)) return [];
  const { body } = json;
  if (typeof body === 'string') return [['with the text in the field body: the rest is the gateway’s', body]];
  return typeof body === 'object' && body !== null
    ? [['with the JSON in the field body: something put it into an object', JSON.stringify(body)]]
    : [];
}

const again = 'something parsed and rewrote it';

function escapedForms(layout: string, written: string): TextVariant[] {
  return escapes.flatMap(([escaping, change]) =>
    ['', '\n'].map((end): TextVariant => {
      const lineEnd = end === '' ? '' : ' and a line end';
      return [`with the body as ${layout}${escaping}${lineEnd}: ${again}`, change(written) + end];
    }),
  );
}

const unicode = /[\u0080-\uffff]/g;
const hex = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(4, '0');
const escaped = (text: string): string => text.replace(unicode, (letter) => `\\u${hex(letter)}`);
const escapedInCapitals = (text: string): string =>
  text.replace(unicode, (letter) => `\\u${hex(letter).toUpperCase()}`);
const withSlashes = (text: string): string => text.replaceAll('/', '\\/');

/** Escapes that JSON allows but does not need; `JSON.stringify` writes none of them. */
const escapes: readonly (readonly [string, (text: string) => string])[] = [
  ['', (text) => text],
  [', without escapes that JSON does not need', (text) => unescaped(text)],
  [', with escapes for what is not ASCII', (text) => escaped(unescaped(text))],
  [', with escapes in capitals for what is not ASCII', (text) => escapedInCapitals(unescaped(text))],
  [', with slashes escaped', (text) => withSlashes(unescaped(text))],
  [', with escapes for what is not ASCII and for slashes', (text) => withSlashes(escaped(unescaped(text)))],
  [
    ', with escapes for <, > and &',
    (text) =>
      unescaped(text).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  ],
  [
    ', with the escapes of .NET',
    (text) =>
      escapedInCapitals(unescaped(text))
        .replace(/[<>&'+`]/g, (letter) => `\\u${hex(letter).toUpperCase()}`)
        .replaceAll('\\"', '\\u0022'),
  ],
];

const tokensOf = (text: string): readonly string[] =>
  text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];

const unescaped = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\])*"/g, (token) => JSON.stringify(parseJson(token)) ?? token);

const joined = (text: string, comma: string, colon: string): string =>
  tokensOf(text)
    .map((token) => (token === ',' ? comma : token === ':' ? colon : token))
    .join('');

/** Layouts of JSON. Numbers are copied and not parsed, so they keep their digits. */
const layouts: readonly (readonly [string, (text: string) => string])[] = [
  ['compact JSON', (text) => joined(text, ',', ':')],
  ['JSON indented by two spaces', (text) => indented(text, '  ')],
  ['JSON indented by four spaces', (text) => indented(text, '    ')],
  ['JSON indented by tabs', (text) => indented(text, '\t')],
  ['JSON with a space after each comma and colon, as Python writes it', (text) => joined(text, ', ', ': ')],
];

function indented(text: string, step: string): string {
  let level = 0;
  const lineEnd = () => `\n${step.repeat(level)}`;
  const tokens = tokensOf(text).map((token) => (token === ':' ? ': ' : token));
  const written = tokens.map((token, at) => {
    if (token === ',') return `,${lineEnd()}`;
    if (opens(token)) {
      level++;
      return closes(tokens[at + 1]) ? token : token + lineEnd();
    }
    if (!closes(token)) return token;
    level = Math.max(0, level - 1);
    return opens(tokens[at - 1]) ? token : lineEnd() + token;
  });
  return written.join('');
}

const opens = (token: string | undefined): boolean => token === '{' || token === '[';
const closes = (token: string | undefined): boolean => token === '}' || token === ']';

const [maxPermutedKeys, maxPermutedLength] = [5, 65_536];

/** Tries all key orders of a few fields, because maps and databases do not keep the order. */
function otherOrders(json: object, text: string): TextVariant[] {
  const fields = Object.entries(json);
  if (Array.isArray(json) || fields.length > maxPermutedKeys || text.length > maxPermutedLength) return [];
  return permutations(fields).flatMap((order): TextVariant[] => {
    const compact = JSON.stringify(Object.fromEntries(order));
    const when = `with the keys of the JSON in another order (${order.map(([name]) => name).join(', ')}): ${again}`;
    return [
      [when, compact],
      [when, joined(compact, ', ', ': ')],
    ];
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}
