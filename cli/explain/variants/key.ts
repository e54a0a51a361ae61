import { parseJson } from '../../../lambdas/domain/json.ts';
import { parseSecretValue } from '../../../lambdas/domain/provider/secret.ts';
import { hmacKey } from '../../../lambdas/domain/signature/hmac.ts';
import type { SecretFormat, VerificationKey } from '../../../lambdas/domain/signature/key.ts';
import { withoutEntities } from './entities.ts';
import { distinct, type TextVariant, type Variant } from './variant.ts';

/** The keys of the same secret when it is decoded differently, or cleaned of what was copied along. */
export function keyVariants(secret: string, format: SecretFormat): Variant<readonly VerificationKey[]>[] {
  const cleaned = distinct(cleanings(secret), secret);
  return [
    ...readings(secret),
    ...cleaned.flatMap(([when, text]) => {
      const keys = parseSecretValue(text, format)?.keys.map(({ key }) => key) ?? [];
      const own = keys.length > 0 ? [{ when, value: keys }] : [];
      return [...own, ...rawKey(when, Buffer.from(text, 'utf8'))];
    }),
  ];
}

function readings(secret: string): Variant<readonly VerificationKey[]>[] {
  const text = secret.trim();
  const bare = text.replace(/^(?:v1a?,)?(?:whsec_|secret_|polar_whs_)/, '');
  const seen = new Set<string>();
  const all: [string, Buffer][] = [
    ['with the secret as it is, without decoding it', Buffer.from(text, 'utf8')],
    ['with the secret without its prefix', Buffer.from(bare, 'utf8')],
    ['with the secret decoded from base64', Buffer.from(bare, 'base64')],
    [
      'with the secret decoded from base64, and without the line end that was encoded with it',
      Buffer.from(Buffer.from(text, 'base64').toString('latin1').trimEnd(), 'latin1'),
    ],
    ['with the secret decoded from hex', Buffer.from(bare, 'hex')],
    ['with a line end after the secret', Buffer.from(`${text}\n`, 'utf8')],
    ['with CR and LF after the secret', Buffer.from(`${text}\r\n`, 'utf8')],
    ['with white space around the secret, as it was stored', Buffer.from(secret, 'utf8')],
    ['with the secret in base64', Buffer.from(Buffer.from(text).toString('base64'))],
  ];
  return all.flatMap(([when, bytes]) => {
    const name = bytes.toString('hex');
    if (seen.has(name)) return [];
    seen.add(name);
    return rawKey(when, bytes);
  });
}

const rawKey = (when: string, bytes: Buffer): Variant<readonly VerificationKey[]>[] =>
  bytes.length === 0 ? [] : [{ when, value: [hmacKey(bytes)] }];

/** Whether a secret is JSON, so that its quotes and names are part of it. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

function cleanings(secret: string): TextVariant[] {
  const seen = secret.replace(invisible, '');
  const name = /^\s*(?:export\s+|set\s+|\$env:)?[A-Za-z_][\w.-]*\s*[=:]\s*/;
  const value = seen.replace(name, '').trim();
  const named = value === seen.trim() ? 'NAME=' : 'its name';
  const all: TextVariant[] = [
    ['with the secret without the quotes around it: store it without them', withoutQuotes(secret)],
    ['with the secret without invisible characters (zero-width spaces and the like): copy it again', seen],
    [`with the secret without ${named}: store the value alone`, value],
    [
      'with the secret without its name and the quotes around the value: store the value alone',
      withoutQuotes(value),
    ],
    ['with the secret without the quotes and the invisible characters: copy it again', withoutQuotes(seen)],
    ['with the secret without the white space in it: copy it again', seen.replace(/\s/g, '')],
    [
      'with the secret without the characters \\n at its end: store it without',
      seen.replace(/(?:\\r)?\\n$/, ''),
    ],
    ['with the secret without the prefix Bearer: store the token alone', seen.replace(/^\s*Bearer\s+/i, '')],
    [
      'with the escapes (%2B and the like) in the secret decoded: store it as the page shows it',
      unescaped(seen),
    ],
    ['with plain quotes and dashes in the secret: an editor replaced them', plain(secret)],
    ...slips(secret.trim(), seen.trim()),
    ['with the first half of the secret: it was pasted twice', firstHalf(secret.trim())],
    ['with the secret padded with =, which was cut off', `${secret.trim()}=`],
    ['with the secret padded with ==, which was cut off', `${secret.trim()}==`],
    ...fieldsOf(secret),
  ];
  return isJson(secret) ? fieldsOf(secret) : all.filter(([, text]) => text !== '');
}

/** Slips in copying: missing, added or rewritten characters. */
const slips = (secret: string, seen: string): TextVariant[] => [
  ...prefixes.map(
    (prefix): TextVariant => [
      `with ${prefix} before the secret: this prefix is part of it and was left out`,
      prefix + secret,
    ],
  ),
  ['with the secret without the punctuation after it: store it without', seen.replace(/[;,]+$/, '')],
  ['with the backslashes in the secret decoded: store it as the page shows it', unslashed(seen)],
  [
    'with the escapes of HTML (&quot; and the like) in the secret decoded: store it as the page shows it',
    withoutEntities(seen),
  ],
  ['with the secret in lower case: store it as the page shows it', seen.toLowerCase()],
  ['with the secret in capitals: store it as the page shows it', seen.toUpperCase()],
];

/** Prefixes that are part of the secret at some providers. */
const prefixes = ['whsec_', 'polar_whs_', 'secret_'];

const unslashed = (text: string): string => text.replace(/\\(["'\\$`/!])/g, '$1');

const invisible = /[\p{Cc}\p{Cf}\p{DI}\u00a0]/gu;

function withoutQuotes(text: string): string {
  const [, inner = text] = /^\s*["'`“”„«‘’]([\s\S]*)["'`“”„»‘’][;,]?\s*$/.exec(text) ?? [];
  return inner;
}

const plain = (text: string): string =>
  text
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[‐‑–—]/g, '-');

const firstHalf = (text: string): string => {
  const half = text.slice(0, text.length / 2);
  return half + half === text ? half : text;
};

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fields of a JSON secret, as the console of Secrets Manager stores key/value pairs. */
function fieldsOf(secret: string): TextVariant[] {
  const json = isJson(secret) ? parseJson(secret) : undefined;
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]): TextVariant[] =>
    typeof value === 'string'
      ? [[`with the field ${name} of the JSON that is stored: store its value alone, as plain text`, value]]
      : [],
  );
}
