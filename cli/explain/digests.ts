import { createHash } from 'node:crypto';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { hmac, keysOf } from '../../lambdas/domain/signature/hmac.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { type ExpectedSignature, expectedSignatures, headerShapes } from './expected-signature.ts';

/** A text in a header that may be a digest. */
interface Received {
  readonly header: string;
  /** Its encoding in words, e.g. `in base64`. */
  readonly written: string;
  readonly prefix: string;
  readonly bytes: Buffer;
}

const hashes = ['sha256', 'sha1', 'sha512', 'sha384', 'md5'];
const lengths = new Set([16, 20, 32, 48, 64]);

/**
 * Compares the digests in the headers, in any encoding, with those that the secret gives. A match means that the secret is
 * right, and the encoding, hash, prefix or header is wrong.
 *
 * @returns sentences; none when no digest matches
 */
export function digestMistakes(
  slug: string,
  provider: Provider,
  request: RawRequest,
  keys: readonly VerificationKey[],
): string[] {
  const received = receivedDigests(request);
  const found = expectedSignatures(slug, provider, request).flatMap((expected) =>
    digestsOf(expected, keys).flatMap(({ name, bytes }) =>
      received
        .filter((one) => one.bytes.equals(bytes))
        .map((one) => `${describe(one, name)} ${slug} writes ${expected.shape}.`),
    ),
  );
  return [...new Set([...found.slice(0, 1), ...tokenMistakes(slug, provider, request, keys)])];
}

const describe = ({ header, written, prefix }: Received, name: string): string =>
  `The secret is not the cause: ${header} has ${name}, ${written}${prefix === '' ? '' : `, behind ${prefix}`}.`;

function digestsOf({ contents, hash }: ExpectedSignature, keys: readonly VerificationKey[]) {
  const macs = keys.flatMap((key) => (key.kind === 'hmac' ? keysOf(key) : []));
  const inOrder = [hash, ...hashes.filter((one) => one !== hash)];
  return contents.flatMap(({ what, bytes: content }) =>
    inOrder.flatMap((one) => [
      ...macs.map((key) => ({
        name: `HMAC-${one.toUpperCase()} ${what} with this secret`,
        bytes: hmac(one, key, content),
      })),
      {
        name: `a plain ${one.toUpperCase()} ${what}, without any secret`,
        bytes: createHash(one).update(content).digest(),
      },
      ...macs.map((key) => ({
        name: `a plain ${one.toUpperCase()} of the secret followed by the signed content`,
        bytes: createHash(one).update(key.export()).update(content).digest(),
      })),
    ]),
  );
}

const mayBeSignature = /signature|hmac|digest|hash|mac$|sig$|^authorization$/;
const [maxValueLength, maxTokens] = [4096, 40];

function receivedDigests({ headers }: RawRequest): Received[] {
  return [...headers]
    .filter(([name]) => mayBeSignature.test(name))
    .flatMap(([header, value]) => [
      ...tokensIn(value).flatMap((token) => digestsIn(header, token)),
      ...withBlanks(header, value),
    ]);
}

/** Restores a + that a form parser turned into a space. */
const withBlanks = (header: string, value: string): Received[] =>
  value.trim().includes(' ')
    ? digestsIn(header, value.slice(0, maxValueLength).trim().replaceAll(' ', '+')).map((one) => ({
        ...one,
        written: `${one.written}, with a space for each +`,
      }))
    : [];

const tokensIn = (value: string): string[] => [
  ...new Set([value.trim(), ...value.slice(0, maxValueLength).split(/[,;\s]+/)].slice(0, maxTokens)),
];

/** Decodes the text, and the part after a prefix such as `sha256=`, `v1=` or `v0:`. */
function digestsIn(header: string, token: string): Received[] {
  const text = token.replace(/^["']|["']$/g, '');
  const [, prefix = '', rest = ''] = /^([A-Za-z][A-Za-z0-9_-]{0,20}[=:,])(.+)$/.exec(text) ?? [];
  const behind = rest === '' ? [] : decodings(rest).map((one) => ({ ...one, header, prefix }));
  return [...decodings(text).map((one) => ({ ...one, header, prefix: '' })), ...behind].map((one) =>
    text === token ? one : { ...one, written: `${one.written}, in quotes` },
  );
}

function decodings(text: string): Pick<Received, 'written' | 'bytes'>[] {
  const unescaped = /%[0-9a-f]{2}/i.test(text)
    ? text.replace(/%([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  return plainDecodings(unescaped.replace(/^["']|["']$/g, ''))
    .map(({ written, bytes }) => ({
      written: unescaped === text ? written : `${written} with escapes as in a URL`,
      bytes,
    }))
    .filter(({ bytes }) => lengths.has(bytes.length));
}

function plainDecodings(text: string): Pick<Received, 'written' | 'bytes'>[] {
  const base64 = Buffer.from(text, 'base64');
  const inside = base64.toString('latin1');
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  const isHex = /^(?:[0-9a-f]{2})+$/i;
  return [
    ...(isHex.test(text)
      ? [{ written: /[A-F]/.test(text) ? 'in hex with capitals' : 'in hex', bytes: Buffer.from(text, 'hex') }]
      : []),
    ...(isBase64 ? [{ written: base64Name(text), bytes: base64 }] : []),
    ...(isBase64 && isHex.test(inside)
      ? [{ written: 'in base64 of its hex digits', bytes: Buffer.from(inside, 'hex') }]
      : []),
  ];
}

function base64Name(text: string): string {
  const name = /[-_]/.test(text) ? 'in base64url' : 'in base64';
  return text.length % 4 === 0 ? name : `${name} without its padding`;
}

/** Finds the right token in another header or after another word. The token is not shown. */
function tokenMistakes(
  slug: string,
  provider: Provider,
  { headers }: RawRequest,
  keys: readonly VerificationKey[],
): string[] {
  const tokens = keys.flatMap((key) =>
    key.kind === 'token' ? [Buffer.from(key.bytes).toString('utf8')] : [],
  );
  const forms = tokens.flatMap((token) => [token, Buffer.from(token).toString('base64')]);
  const names = [...headers]
    .filter(([, value]) => forms.some((form) => value.includes(form)))
    .map(([name]) => name);
  const shapes = headerShapes(provider).join(' or ');
  return names.map(
    (name) =>
      `The secret is in ${name}, but not as ${slug} sends it: ${shapes}. Check the header's name and the text around the secret.`,
  );
}
