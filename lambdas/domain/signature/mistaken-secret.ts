import { type Asymmetric, asymmetricText } from './asymmetric-text.ts';

/** The kinds of text that are given as a secret by mistake. */
export type Mistake =
  /** Empty, or invisible characters only. */
  | 'nothing'
  /** A placeholder for a secret: `unset`, `null`, `<your secret>`, a prefix alone. */
  | 'placeholder'
  /** A secret that a page shows only in part. */
  | 'masked'
  /** A JSON object or array, or an attempt at one. */
  | 'json'
  /** `NAME=value`, or a header with its name. */
  | 'assignment'
  /** The place of a secret: an ARN, a URL. */
  | 'reference'
  /** A public key for which anyone can forge signatures. */
  | 'weak-key'
  | Asymmetric;

/**
 * Recognises a text that cannot be a shared secret; undefined for any other.
 *
 * Texts of these kinds are public or can be guessed, so anyone could sign with them.
 */
export const mistakeIn = (text: string): Mistake | undefined =>
  slipIn(text) ?? publicIn(bare(bare(text).replace(/^whsec_/, '')));

/**
 * Recognises a text that cannot be a key of any kind; undefined for any other.
 *
 * Accepts JSON objects, because some providers' secrets have several fields.
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
/** Programs that write a file as text may add quotes each time; more than this is unlikely. */
const maxQuotes = 6;

/** Removes invisible characters at both ends, and the quotes around the text. */
function bare(text: string): string {
  let value = withoutEdges(text);
  for (let nth = 0; nth < maxQuotes; nth++) {
    const inner = quotes.map((quote) => quote.exec(value)?.[1]).find((found) => found !== undefined);
    if (inner === undefined) return value;
    value = withoutEdges(inner);
  }
  return value;
}

/** Printable ASCII at both ends: most secrets, and Unicode's classes take a receiver's first request long to compile. */
const plainEnds = /^[!-~](?:[\s\S]*[!-~])?$/;
/** Printable ASCII only. */
const plain = /^[ -~]*$/;

/** A character that is white space, a control character, or invisible otherwise. */
const edge = /^[\s\p{C}\p{DI}]$/u;
const edgesInFront = /^[\s\p{C}\p{DI}]+/u;

/** Removes such characters at both ends, in linear time: a pattern would try each of a long run again. */
function withoutEdges(text: string): string {
  if (plainEnds.test(text)) return text;
  const rest = text.replace(edgesInFront, '');
  let end = rest.length;
  for (let last = lastCharacter(rest, end); edge.test(last); last = lastCharacter(rest, end))
    end -= last.length;
  return rest.slice(0, end);
}

/** The last character before a position: two units for one outside of the basic plane. */
const lastCharacter = (text: string, end: number): string => {
  const pair = text.slice(Math.max(0, end - 2), end);
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : pair.slice(-1);
};

/** People write no longer placeholders. */
const longestPlaceholder = 1_000;

/** Words that stand for a value, without their separators. */
const placeholderWords: ReadonlySet<string> = new Set([
  ...['unset', 'notset', 'none', 'null', 'nil', 'undefined', 'nan', 'true', 'false', 'empty', 'void', 'na'],
  ...['todo', 'tbd', 'tba', 'fixme', 'changeme', 'changeit', 'changethis', 'pleasechange', 'replaceme'],
  ...['replaceit', 'replacethis', 'placeholder', 'dummy', 'example', 'redacted', 'hidden', 'missing'],
  ...['bearer', 'basic', 'objectobject', 'your256bitsecret', 'astringsecretatleast256bitslong'],
]);

/** `your_webhook_secret`, `insert-key-here`, `example_secret`, `secret goes here` and the like, and nothing else. */
const article = '(?:the|an?|your|my)?';
const adjective =
  '(?:web|hook|webhook|signing|shared|client|app|api|access|auth|verify|verification|public|private|user|account|endpoint|real|actual|new|random|strong|secure|256bit|provider|stripe|github|shopify|slack)*';
const noun = '(?:secret|key|token|password|passwd|value|string|username|user|name|id|credentials?)';
const verb = '(?:please)?(?:insert|enter|put|paste|replace|change|add|fill)(?:me|this|it)?(?:with|in|by)?';
const place = '(?:(?:goes|comes)?(?:here|in|before|prod|production|deploy|deploying))*';
const asked = new RegExp(
  `^(?:(?:${verb}|your|example|sample|dummy|placeholder)${article}${adjective}${noun}*|${article}${adjective}${noun}(?:goes|comes)?here)${place}$`,
);
/** The characters of all words in `asked`. */
const onlyAsked = /^[a-z256]*$/;
/** Verbs alone, which may be a real password. */
const tooShort = /^(?:please)?(?:insert|enter|put|paste|change|add|fill|your|sample)$/;

/** `<…>`, `${…}`, `{{…}}`, `%…%`, `$NAME`: a template that was not filled in. */
const template =
  /^(?:<[\s\S]*>|\$\{[^}]*\}|\$\([^)]*\)|\{\{[\s\S]*\}\}|%[A-Z0-9_]+%|\$[A-Z_][A-Z0-9_]*|__[A-Z0-9_]+__|!(?:Ref|Sub|GetAtt)\b[\s\S]*)$/;

/** The prefix of some secrets, which alone is not a secret. */
const prefix = /^[a-z]{1,8}_/i;

function isPlaceholder(value: string): boolean {
  if (known.has(value) || template.test(value) || note.test(value)) return true;
  if (value.length > longestPlaceholder) return false;
  const parts = value.split(':');
  if (parts.length > 1 && parts.every((part) => isWord(bare(part)))) return true;
  return withoutPrefixes(value).some((rest) => rest === '' || isWord(bare(rest)) || template.test(rest));
}

/** The text, and the rest of it after each of its prefixes. */
function withoutPrefixes(value: string): string[] {
  const rests = [value];
  for (let rest = value; prefix.test(rest) && rests.length < 4; ) {
    rest = rest.replace(prefix, '');
    rests.push(rest);
  }
  return rests;
}

function isWord(value: string): boolean {
  if (/^[xX]{3,}(?:[-_ ]?[xX]+)*$/.test(value) || isPunctuation(value)) return true;
  const word = bareWord(value).replace(/\d{1,4}$/, '');
  if (placeholderWords.has(word)) return true;
  return onlyAsked.test(word) && asked.test(word) && !tooShort.test(word);
}

const isPunctuation = (value: string): boolean =>
  !/[A-Za-z0-9]/.test(value) && /^[^\p{L}\p{N}]+$/u.test(value);

/** In small letters, without separators and what is around it. The first pattern says for ASCII what the last says for any text. */
function bareWord(value: string): string {
  if (plain.test(value))
    return value.toLowerCase().replace(/^[!-/:-@[-`{-~]+|[!-/:-@[-`{-~]+$|[\s_./-]/g, '');
  const seen = value
    .normalize('NFKC')
    .replace(/[\p{C}\p{DI}]/gu, '')
    .toLowerCase();
  return seen.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$|[\s_./-]/gu, '');
}

/** Publicly known keys: Zendesk signs tests of an unsaved webhook with this one. */
const known: ReadonlySet<string> = new Set(['dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==']);

/** The value of a source that awaits a handshake, and notes that people leave in place of a secret. */
const note = /^(?:\{\s*"awaitHandshakeUntil"|(?:todo|tbd|fixme)\s*[:(])/i;

const masked = /[•●∙·]{2,}|\*{4,}|…/;

const assignment =
  /^(?:(?:export|set|env)\s+)?(?:[A-Z][A-Z0-9_]{2,}|[A-Za-z0-9_.-]*(?:secret|token|key|password|SECRET|TOKEN|KEY|PASSWORD)[A-Za-z0-9_.-]*)\s*=\s*[^=\s]/;
const headerLine = /^(?:authorization|x-[a-z0-9-]+)\s*:\s/i;

const reference = /^(?:https?:\/\/\S+|arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):\S+|op:\/\/\S+)$/i;
