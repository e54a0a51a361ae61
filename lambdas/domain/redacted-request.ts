import type { Provider } from './provider/provider.ts';
import type { RawRequest } from './raw-request.ts';
import type { VerificationKey } from './signature/key.ts';

/** Stands for what may be a credential. */
export const hidden = '***';

/** Why a part of a request is not in its record. */
type LeftOut = 'values of the query' | 'body: too large' | 'body: may carry a secret';

/** A request as it may be kept. */
export interface KeptRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64?: string;
  readonly leftOut: LeftOut[];
}

/** Larger bodies than any signature problem needs. */
const maxKeptBodyBytes = 64 * 1024;
/** A shorter text is in every request. */
const minSearchedLength = 6;

/**
 * A request without what may be a credential: values of the query, headers that carry one, and a body that does.
 *
 * @param secrets the texts of the source's own keys, of which none may be left
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

/** What a source's keys are as texts, in the ways in which requests carry them. */
export const secretTexts = (keys: readonly VerificationKey[]): string[] =>
  keys.flatMap((key) => {
    if ('publicKey' in key) return [];
    if (key.kind === 'fields') return Object.values(key.fields).flatMap(written);
    const { verifyToken = '', alternatives = [] } = key.kind === 'hmac' ? key : {};
    return [
      Buffer.from(key.bytes),
      Buffer.from(verifyToken),
      ...alternatives.map((bytes) => Buffer.from(bytes)),
    ].flatMap(written);
  });

function written(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [bytes.toString('utf8'), base64, bytes.toString('base64url'), bytes.toString('hex')];
}

/** Whether a text holds one of the secrets, as it is or as it stands in URLs, forms and JSON. */
export function holds(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => forms(secret).some((form) => text.includes(form)));
}

const forms = (secret: string): string[] => {
  const escaped = encodeURIComponent(secret.toWellFormed());
  return [secret, escaped, escaped.replace(/%20/g, '+'), JSON.stringify(secret).slice(1, -1)];
};

/** A URL in a header, such as the one that a proxy saw, has values, too. */
const hasQuery = (value: string): boolean => value.includes('?') && value.includes('=', value.indexOf('?'));

/** The names of a query; what has no name is a value. */
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

/** Names of headers, also those that proxies add, and of fields in a body. */
const mayBeSecret =
  /authorization|cookie|token|secret|passw(?:or)?d|api[-_]?key|credential|client[-_]?state/i;

/** By the names of its fields, in JSON, in a form and in a form of parts, and by the secrets that are known. */
function mayCarrySecret(body: Uint8Array, secrets: readonly string[]): boolean {
  const text = Buffer.from(body).toString('utf8');
  if (holds(text, secrets)) return true;
  const names = [...text.matchAll(/"([^"\\]{1,200})"\s{0,10}:/g), ...text.matchAll(/name="([^"]{1,200})"/g)];
  const formNames = /^[\s{["<]/.test(text) ? [] : text.split('&').map((part) => part.split('=', 1)[0] ?? '');
  return [...names.map(([, name = '']) => name), ...formNames].some((name) => mayBeSecret.test(name));
}

/** Headers that carry the secret itself. */
function tokenHeaders({ signature, otherSignatures = [] }: Provider): string[] {
  const schemes = typeof signature === 'function' ? [] : [signature, ...otherSignatures];
  return schemes
    .filter(({ versions }) => Object.values(versions).some(({ key }) => key === 'token'))
    .map(({ header }) => header);
}

/** A token that no header has, such as the client state of Microsoft Graph. */
const hasTokenInBody = ({ secret, signature }: Provider): boolean =>
  secret === 'token' && typeof signature === 'function';
