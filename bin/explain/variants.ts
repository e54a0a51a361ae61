import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';

/** Something that may have happened to a request or to a secret, and what it was before. */
export interface Variant<T> {
  /** Ends the sentence "it verifies …". */
  readonly when: string;
  readonly value: T;
}

/** The bodies that may have become this one on the way. */
export function bodyVariants(body: Uint8Array): Variant<Uint8Array>[] {
  const text = Buffer.from(body).toString('utf8');
  const variants = [...textVariants(text), ...formVariants(text), ...jsonVariants(text)];
  return variants
    .filter(([, changed]) => changed !== text)
    .map(([when, changed]) => ({ when, value: Buffer.from(changed, 'utf8') }));
}

type TextVariant = readonly [when: string, text: string];

const textVariants = (text: string): TextVariant[] => [
  ['with a line end behind the body, which was trimmed', `${text}\n`],
  ['with CR and LF behind the body, which were trimmed', `${text}\r\n`],
  ['without the white space around the body, which was added', text.trim()],
  ['with LF for each CR LF: line ends were changed', text.replaceAll('\r\n', '\n')],
  ['with CR LF for each LF: line ends were changed', text.replace(/\r?\n/g, '\r\n')],
  ['without the byte order mark', text.replace(/^\ufeff/, '')],
  ['with a byte order mark, which was removed', `\ufeff${text}`],
  [
    'with the body decoded from base64, as API Gateway hands it on',
    Buffer.from(text, 'base64').toString('utf8'),
  ],
  [
    'with the body as UTF-8: something read it as Latin-1 and wrote that as UTF-8',
    Buffer.from(text, 'latin1').toString('utf8'),
  ],
];

const formVariants = (text: string): TextVariant[] =>
  /^[^\s{[<"]+=/.test(text)
    ? [
        [
          'with %20 for each + in the form: something parsed it and wrote it again',
          text.replaceAll('+', '%20'),
        ],
        [
          'with + for each %20 in the form: something parsed it and wrote it again',
          text.replaceAll('%20', '+'),
        ],
      ]
    : [];

/** How tools write JSON: with these blanks, these escapes, and with or without a line end. */
function jsonVariants(text: string): TextVariant[] {
  const json = parseJson(text);
  if (json === undefined) return [];
  const layouts: TextVariant[] = [
    ['compact JSON', JSON.stringify(json)],
    ['JSON of two blanks a level', JSON.stringify(json, null, 2)],
    ['JSON of four blanks a level', JSON.stringify(json, null, 4)],
    ['JSON of a tab a level', JSON.stringify(json, null, '\t')],
    ['JSON with a blank after each comma and colon, as Python writes it', spaced(json)],
  ];
  return layouts.flatMap(([layout, written]) =>
    escapes.flatMap(([escaping, change]) =>
      ['', '\n'].map((end): TextVariant => {
        const lineEnd = end === '' ? '' : ' and a line end';
        const when = `with the body as ${layout}${escaping}${lineEnd}: something parsed it and wrote it again`;
        return [when, change(written) + end];
      }),
    ),
  );
}

const escaped = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
const withSlashes = (text: string): string => text.replaceAll('/', '\\/');

const escapes: readonly (readonly [string, (text: string) => string])[] = [
  ['', (text) => text],
  [', with escapes for what is not ASCII', escaped],
  [', with slashes escaped', withSlashes],
  [', with escapes for what is not ASCII and for slashes', (text) => withSlashes(escaped(text))],
  [
    ', with escapes for <, > and &',
    (text) => text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  ],
];

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${spaced(field)}`);
  return `{${fields.join(', ')}}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The URLs that the provider may have signed.
 *
 * @param known other URLs of the source
 */
export function urlVariants(request: RawRequest, known: readonly string[]): Variant<string>[] {
  const { url } = request;
  const [base = url, query] = url.split('?');
  const search = query === undefined ? '' : `?${query}`;
  const others: [string, string][] = [
    ['with a slash at the end of the URL', `${base}/${search}`],
    ['without the slash at the end of the URL', `${base.replace(/\/$/, '')}${search}`],
    ['with http for https', url.replace(/^https:/, 'http:')],
    ['with https for http', url.replace(/^http:/, 'https:')],
    ['with the port in the URL', url.replace(/^(https:\/\/[^/:]+)\//, '$1:443/')],
    ['without the query of the URL', base],
    ...known.map((other): [string, string] => [`for the URL ${other}`, `${other}${search}`]),
  ];
  return others.filter(([, changed]) => changed !== url).map(([when, value]) => ({ when, value }));
}

/** The keys that the same secret makes when it is read in another way. */
export function keyVariants(secret: string): Variant<VerificationKey>[] {
  const text = secret.trim();
  const bare = text.replace(/^(whsec_|secret_)/, '');
  const readings: [string, Buffer][] = [
    ['with the secret as it is, without decoding it', Buffer.from(text, 'utf8')],
    ['with the secret without its prefix', Buffer.from(bare, 'utf8')],
    ['with the secret decoded from base64', Buffer.from(bare, 'base64')],
    ['with the secret decoded from hex', Buffer.from(bare, 'hex')],
    ['with a line end behind the secret', Buffer.from(`${text}\n`, 'utf8')],
  ];
  return readings
    .filter(([, bytes]) => bytes.length > 0)
    .map(([when, bytes]) => ({ when, value: { kind: 'hmac', bytes } }));
}
