import type { Provider } from './provider/provider.ts';
import type { RawRequest } from './raw-request.ts';
import { keysOf } from './signature/hmac.ts';
import type { VerificationKey } from './signature/key.ts';

/** Replaces a value that may be a credential. */
export const hidden = '***';

/** The part of a request that is not in its record, and why. */
type LeftOut = 'values of the query' | 'body: too large' | 'body: may carry a secret';

/** A request without credentials, as it is kept. */
export interface KeptRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64?: string;
  readonly leftOut: LeftOut[];
}

/** No signature problem needs a larger body. */
const maxKeptBodyBytes = 64 * 1024;
/** A shorter text would be found in every request. */
const minSearchedLength = 6;

/**
 * Removes everything from a request that may be a credential: the values of the query, and headers and a body with a
 * secret.
 *
 * @param secrets the source's own keys as texts, none of which may remain
 */
export function keptRequest(
  request: RawRequest,
  provider: Provider,
  secrets: readonly string[],
): KeptRequest {
  const searched = secrets.filter(({ length }) => length >= minSearchedLength);
  const bringsSecret = provider.handshake?.secretFromHandshake?.(request) !== undefined;
  const tokens = new Set(tokenHeaders(provider));
  const isSecret = ([name, value]: readonly [string, string]) =>
    tokens.has(name) || mayBeSecret.test(name) || hasQuery(value) || holds(value, searched);
  const headers = [...request.headers].map((header) => [header[0], isSecret(header) ? hidden : header[1]]);
  const isTooLarge = request.body.byteLength > maxKeptBodyBytes;
  const isSecretBody =
    !isTooLarge && (bringsSecret || hasTokenInBody(provider) || mayCarrySecret(request.body, searched));
  return {
    url: maskedUrl(request.url),
    headers: Object.fromEntries(headers),
    bodyBase64: isTooLarge || isSecretBody ? undefined : Buffer.from(request.body).toString('base64'),
    leftOut: [
      ...(/\?./.test(request.url) ? (['values of the query'] as const) : []),
      ...(isTooLarge ? (['body: too large'] as const) : []),
      ...(isSecretBody ? (['body: may carry a secret'] as const) : []),
    ],
  };
}

/** The keys of a source as texts, in all encodings that requests use. */
export const secretTexts = (keys: readonly VerificationKey[]): string[] =>
  keys.flatMap((key) => {
    if ('publicKey' in key) return [];
    if (key.kind === 'fields') return Object.values(key.fields).flatMap(written);
    if (key.kind === 'token') return written(Buffer.from(key.bytes));
    return [...keysOf(key).map((one) => one.export()), key.verifyToken ?? ''].flatMap(written);
  });

function written(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [bytes.toString('utf8'), base64, bytes.toString('base64url'), bytes.toString('hex')];
}

/** Whether a text contains one of the secrets, plain or escaped as in URLs, forms and JSON. */
export function holds(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => forms(secret).some((form) => text.includes(form)));
}

const forms = (secret: string): string[] => {
  const escaped = encodeURIComponent(secret.toWellFormed());
  return [secret, escaped, escaped.replace(/%20/g, '+'), JSON.stringify(secret).slice(1, -1)];
};

/** Whether a header's value is a URL with a query, such as the one that a proxy saw. */
const hasQuery = (value: string): boolean => value.includes('?') && value.includes('=', value.indexOf('?'));

/** The parameter names of a query. A part without `=` counts as a value. */
export const queryNamesOf = (url: string): string[] => [
  ...new Set(queryParts(url).map((part) => (part.includes('=') ? part.slice(0, part.indexOf('=')) : hidden))),
];

function maskedUrl(url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return url;
  const parts = queryParts(url).map((part) =>
    part.includes('=') ? `${part.slice(0, part.indexOf('='))}=${hidden}` : hidden,
  );
  return `${url.slice(0, at)}?${parts.join('&')}`;
}

const queryParts = (url: string): string[] => {
  const at = url.indexOf('?');
  return at < 0
    ? []
    : url
        .slice(at + 1)
        .split('&')
        .filter((part) => part !== '');
};

/** Matches the names of secret headers, including those of proxies, and of fields in a body. */
const mayBeSecret =
  /authorization|cookie|token|secret|passw(?:or)?d|api[-_]?key|credential|client[-_]?state/i;

/** Looks for the known secrets, and for field names in JSON, a form or multipart. */
function mayCarrySecret(body: Uint8Array, secrets: readonly string[]): boolean {
  const text = Buffer.from(body).toString('utf8');
  if (holds(text, secrets)) return true;
  const names = [...text.matchAll(/"([^"\\]{1,200})"\s{0,10}:/g), ...text.matchAll(/name="([^"]{1,200})"/g)];
  const formNames = /^[\s{["<]/.test(text) ? [] : text.split('&').map((part) => part.split('=', 1)[0] ?? '');
  return [...names.map(([, name = '']) => name), ...formNames].some((name) => mayBeSecret.test(name));
}

/** The headers that contain the secret itself. */
function tokenHeaders({ signature, otherSignatures = [] }: Provider): string[] {
  const schemes = typeof signature === 'function' ? [] : [signature, ...otherSignatures];
  return schemes
    .filter(({ versions }) => Object.values(versions).some(({ key }) => key === 'token'))
    .map(({ header }) => header);
}

/** Whether the body contains the token, such as the client state of Microsoft Graph. */
const hasTokenInBody = ({ secret, signature }: Provider): boolean =>
  secret === 'token' && typeof signature === 'function';
