import { type Asymmetric, asymmetricText } from './asymmetric-text.ts';

/** What a text is that was given as a secret by mistake. */
export type Mistake =
  /** Empty, or nothing that can be seen. */
  | 'nothing'
  /** What stands where a secret is still to come: `unset`, `null`, `<your secret>`, a prefix alone. */
  | 'placeholder'
  /** A secret of which a page shows a part only. */
  | 'masked'
  /** A JSON object or array, or an attempt at one. */
  | 'json'
  /** `NAME=value`, or a header with its name. */
  | 'assignment'
  /** Where a secret is: an ARN, a URL. */
  | 'reference'
  /** A public key for which anybody can make signatures. */
  | 'weak-key'
  | Asymmetric;

/**
 * Says why a text is never a shared secret; undefined for what may be one.
 *
 * Of each kind everybody knows an example, or may know this very one, so that anybody could sign with it.
 */
export const mistakeIn = (text: string): Mistake | undefined =>
  slipIn(text) ?? publicIn(bare(bare(text).replace(/^whsec_/, '')));

/**
 * Says why a text is never a key of any kind; undefined for what may be one.
 *
 * A JSON object is not judged: it is how some providers' secrets of several fields are written.
 */
export function slipIn(text: string): Mistake | undefined {
  const value = bare(text);
  if (value === '') return 'nothing';
  if (isPlaceholder(value)) return 'placeholder';
  if (masked.test(value)) return 'masked';
  if (assignment.test(value) || headerLine.test(value)) return 'assignment';
  return reference.test(value) ? 'reference' : undefined;
}

function publicIn(value: string): Mistake | undefined {
  const half = asymmetricText(value);
  if (half !== undefined) return half;
  return /^(?:\{[\s\S]*\}|\[[\s\S]*\]|[{[]\s*["'][\s\S]*)$/.test(value) ? 'json' : undefined;
}

const quotes: readonly RegExp[] = [
  /^"([\s\S]*)"$/,
  /^'([\s\S]*)'$/,
  /^`([\s\S]*)`$/,
  /^\\"([\s\S]*)\\"$/,
  /^[“”„«‘’‚‹]([\s\S]*)[“”„»‘’‚›]$/,
];
/** Programs that read a file as text add quotes when they write it, but hardly more often than that. */
const maxQuotes = 6;

/** The text without what cannot be seen at its ends, and without the quotes around it. */
function bare(text: string): string {
  let value = text.replace(edges, '');
  for (let nth = 0; nth < maxQuotes; nth++) {
    const inner = quotes.map((quote) => quote.exec(value)?.[1]).find((found) => found !== undefined);
    if (inner === undefined) return value;
    value = inner.replace(edges, '');
  }
  return value;
}

/** White space, controls, and what no font shows. */
const edges = /^[\s\p{C}\p{DI}]+|[\s\p{C}\p{DI}]+$/gu;

/** Words that stand for a value, without their separators. */
const words: ReadonlySet<string> = new Set([
  ...['unset', 'notset', 'none', 'null', 'nil', 'undefined', 'nan', 'true', 'false', 'empty', 'void', 'na'],
  ...['todo', 'tbd', 'tba', 'fixme', 'changeme', 'changeit', 'changethis', 'pleasechange', 'replaceme'],
  ...['replaceit', 'replacethis', 'placeholder', 'dummy', 'example', 'redacted', 'hidden', 'missing'],
  ...['bearer', 'basic', 'objectobject', 'your256bitsecret', 'astringsecretatleast256bitslong'],
]);

/** `your_webhook_secret`, `insert-key-here`, `example_secret`, `secret goes here` and their like, with nothing else beside. */
const article = '(?:the|an?|your|my)?';
const adjective =
  '(?:web|hook|webhook|signing|shared|client|app|api|access|auth|verify|verification|public|private|user|account|endpoint|real|actual|new|random|strong|secure|256bit|provider|stripe|github|shopify|slack)*';
const noun = '(?:secret|key|token|password|passwd|value|string|username|user|name|id|credentials?)';
const verb = '(?:please)?(?:insert|enter|put|paste|replace|change|add|fill)(?:me|this|it)?(?:with|in|by)?';
const place = '(?:(?:goes|comes)?(?:here|in|before|prod|production|deploy|deploying))*';
const asked = new RegExp(
  `^(?:(?:${verb}|your|example|sample|dummy|placeholder)${article}${adjective}${noun}*|${article}${adjective}${noun}(?:goes|comes)?here)${place}$`,
);
/** Words that ask for nothing yet. */
const tooShort = /^(?:please)?(?:insert|enter|put|paste|change|add|fill|your|sample)$/;

/** `<…>`, `${…}`, `{{…}}`, `%…%`, `$NAME`: a template that was not filled in. */
const template =
  /^(?:<[\s\S]*>|\$\{[^}]*\}|\$\([^)]*\)|\{\{[\s\S]*\}\}|%[A-Z0-9_]+%|\$[A-Z_][A-Z0-9_]*|__[A-Z0-9_]+__|!(?:Ref|Sub|GetAtt)\b[\s\S]*)$/;

/** What some secrets begin with; alone it is not a secret. */
const prefix = /^[a-z]{1,8}_/i;

function isPlaceholder(value: string): boolean {
  if (known.has(value) || template.test(value) || note.test(value)) return true;
  const parts = value.split(':');
  if (parts.length > 1 && parts.every((part) => isWord(bare(part)))) return true;
  return withoutPrefixes(value).some((rest) => rest === '' || isWord(bare(rest)) || template.test(rest));
}

/** The text, and what is behind each of the prefixes that it may have. */
function withoutPrefixes(value: string): string[] {
  const rests = [value];
  for (let rest = value; prefix.test(rest) && rests.length < 4; ) {
    rest = rest.replace(prefix, '');
    rests.push(rest);
  }
  return rests;
}

function isWord(value: string): boolean {
  if (/^[xX]{3,}(?:[-_ ]?[xX]+)*$/.test(value) || /^[^\p{L}\p{N}]+$/u.test(value)) return true;
  const seen = value
    .normalize('NFKC')
    .replace(/[\p{C}\p{DI}]/gu, '')
    .toLowerCase();
  const plain = seen.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$|[\s_./-]/gu, '').replace(/\d{1,4}$/, '');
  return words.has(plain) || (asked.test(plain) && !tooShort.test(plain));
}

/** Zendesk signs tests of an unsaved webhook with this, which everybody knows. */
const known: ReadonlySet<string> = new Set(['dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==']);

/** A source that waits for its provider's handshake, and notes to oneself. */
const note = /^(?:\{\s*"awaitHandshakeUntil"|(?:todo|tbd|fixme)\s*[:(])/i;

const masked = /[•●∙·]{2,}|\*{4,}|…/;

const assignment =
  /^(?:(?:export|set|env)\s+)?(?:[A-Z][A-Z0-9_]{2,}|[A-Za-z0-9_.-]*(?:secret|token|key|password|SECRET|TOKEN|KEY|PASSWORD)[A-Za-z0-9_.-]*)\s*=\s*[^=\s]/;
const headerLine = /^(?:authorization|x-[a-z0-9-]+)\s*:\s/i;

const reference = /^(?:https?:\/\/\S+|arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):\S+|op:\/\/\S+)$/i;
