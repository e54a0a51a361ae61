import { ownOf } from '../../lambdas/domain/own-property.ts';
import { isForm, readForm } from '../../lambdas/domain/provider/form.ts';
import { decodeUtf8 } from '../../lambdas/domain/provider/payload.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { sortedParameters } from '../../lambdas/domain/provider/sorted-parameters.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { decodeStrictly, type Encoding } from '../../lambdas/domain/signature/encoding.ts';
import { readSignature } from '../../lambdas/domain/signature/read-signature.ts';
import { type Algorithm, headerName, type SignatureScheme } from '../../lambdas/domain/signature/scheme.ts';
import { signedContent } from '../../lambdas/domain/signature/signed-content.ts';

/** One way in which a provider signs with a shared secret. */
export interface ExpectedSignature {
  readonly header: string;
  /** The header and its format: `x-hub-signature-256: sha256=<hex of HMAC-SHA256>`. */
  readonly shape: string;
  readonly hash: string;
  readonly encoding: Encoding;
  /** Contents to try; the first is what the provider signs. */
  readonly contents: readonly { readonly what: string; readonly bytes: Uint8Array }[];
}

/** The ways in which a provider signs with HMAC; none for public keys, tokens and most custom code. */
export function expectedSignatures(
  slug: string,
  { signature, otherSignatures = [] }: Provider,
  request: RawRequest,
): ExpectedSignature[] {
  if (typeof signature === 'function') return customExpectations(slug, request);
  return [signature, ...otherSignatures].flatMap((scheme) => expectedBy(scheme, request));
}

/** Whether a provider's signature covers the URL. */
export const signsUrl = (slug: string, { signature }: Provider): boolean =>
  typeof signature === 'function'
    ? customUrlSigners.has(slug)
    : /\{(?:url|decodedUrl)\}/.test(signature.signed);

/** Custom providers that sign the URL. */
const customUrlSigners: ReadonlySet<string> = new Set(['twilio', 'mandrill', 'contentful', 'monday']);

/** The signature headers of a provider and their formats. */
export function headerShapes({ signature, otherSignatures = [] }: Provider): string[] {
  if (typeof signature === 'function') return [];
  return [signature, ...otherSignatures].flatMap((scheme) =>
    Object.keys(scheme.versions).map((version) => shapeOf(scheme, version)),
  );
}

const digestBytes: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** Whether the header's text cannot be a signature of the provider, by its characters or its length. */
export function isIllegible({ signature, otherSignatures = [] }: Provider, request: RawRequest): boolean {
  if (typeof signature === 'function') return false;
  const claims = [signature, ...otherSignatures].map((scheme) => ({
    scheme,
    claim: readSignature(scheme, request.headers),
  }));
  const texts = claims.flatMap(({ scheme, claim }) =>
    typeof claim === 'string'
      ? []
      : claim.signatures.map(({ version, text }) => mayBeSignature(scheme.versions[version], text)),
  );
  return texts.length > 0 && !texts.includes(true);
}

function mayBeSignature(algorithm: Algorithm | undefined, text: string): boolean {
  if (algorithm === undefined || algorithm.key === 'token') return true;
  const bytes = decodeStrictly(text, algorithm.encoding);
  if (bytes === undefined) return false;
  return algorithm.key !== 'hmac' || bytes.length === digestBytes[algorithm.hash];
}

function expectedBy(scheme: SignatureScheme, request: RawRequest): ExpectedSignature[] {
  const [whole = Buffer.alloc(0), ...others] = [scheme.signed, ...otherTemplates].map((template) =>
    contentOf(scheme, template, request),
  );
  const body = { what: 'of the body alone', bytes: request.body };
  const near = otherTemplates.flatMap((template, at) => {
    const bytes = others[at];
    return bytes === undefined || template === scheme.signed
      ? []
      : [{ what: `of ${template} instead of ${scheme.signed}`, bytes }];
  });
  return Object.entries(scheme.versions).flatMap(([version, algorithm]) => {
    if (algorithm.key !== 'hmac') return [];
    const { hash, encoding } = algorithm;
    const contents = [
      { what: 'of the same bytes', bytes: whole },
      ...(scheme.signed === '{body}' ? [] : [body, ...near]),
    ];
    return [{ header: firstHeader(scheme), shape: shapeOf(scheme, version), hash, encoding, contents }];
  });
}

/** Signed contents of other providers, and contents with a part missing. */
const otherTemplates = [
  '{timestamp}.{body}',
  '{timestamp}{body}',
  '{timestamp}:{body}',
  '{body}{timestamp}',
  'v0:{timestamp}:{body}',
  '{id}.{body}',
  '{id}.{timestamp}.{body}',
];

/** Parses the headers more leniently than the receiver, because their format may be the mistake. */
function contentOf(
  scheme: SignatureScheme,
  template: string,
  { headers, ...request }: RawRequest,
): Uint8Array {
  const families = scheme.families ?? [''];
  const family = families.find((one) => headers.has(headerName(scheme.header, one))) ?? families[0] ?? '';
  const find = (name: string | undefined) => name && headers.get(headerName(name, family));
  const [, timestamp] =
    /(?:^|[,;\s])["']?(?:t|ts|time|timestamp)=([^,;\s]+)/.exec(find(scheme.header) ?? '') ?? [];
  const claim = {
    family,
    id: find(scheme.idHeader),
    timestamp: find(scheme.timestampHeader) ?? timestamp ?? find(scheme.header)?.split(',')[0],
    signatures: [],
  };
  return Buffer.concat(signedContent(template, claim, { ...request, headers }));
}

const firstHeader = ({ header, families = [''] }: SignatureScheme): string =>
  headerName(header, families[0] ?? '');

function shapeOf(scheme: SignatureScheme, version: string): string {
  const { format, versions } = scheme;
  const algorithm = versions[version];
  const written =
    algorithm?.key === 'hmac'
      ? `<HMAC-${algorithm.hash.toUpperCase()} in ${algorithm.encoding}>`
      : `<${algorithm?.key === 'token' ? 'the secret' : `signature in ${algorithm?.encoding}`}>`;
  const name = firstHeader(scheme);
  switch (format.kind) {
    case 'single':
      return `${name}: ${format.prefix}${written}`;
    case 'fields': {
      const time =
        format.timestampField === undefined ? '' : `${format.timestampField}=<time>${format.separator}`;
      return `${name}: ${time}${version}=${written}`;
    }
    case 'positional':
      return `${name}: <time>,${written}`;
    case 'list':
      return `${name}: ${version},${written}`;
    case 'numbered':
      return `${name}1: ${written}`;
  }
}

type CustomContent = (request: RawRequest) => Uint8Array | undefined;

const formUnderUrl: CustomContent = ({ url, body }) => {
  const form = isForm(decodeUtf8(body) ?? '') ? readForm(body) : undefined;
  return form === undefined ? undefined : Buffer.from(url + sortedParameters(form));
};

/** Custom providers with one signature header. */
const own: Readonly<Record<string, readonly [header: string, content: CustomContent]>> = {
  twilio: ['x-twilio-signature', formUnderUrl],
  mandrill: ['x-mandrill-signature', formUnderUrl],
};

function customExpectations(slug: string, request: RawRequest): ExpectedSignature[] {
  const [header = '', contentIn] = ownOf(own, slug) ?? [];
  const bytes = contentIn?.(request);
  if (bytes === undefined) return [];
  const shape = `${header}: <HMAC-SHA1 in base64>`;
  const contents = [
    { what: 'of the same text', bytes },
    { what: 'of the body alone', bytes: request.body },
    { what: 'of the URL alone', bytes: Buffer.from(request.url) },
  ];
  return [{ header, shape, hash: 'sha1', encoding: 'base64', contents }];
}
