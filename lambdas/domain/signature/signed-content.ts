import type { RawRequest } from '../raw-request.ts';
import type { SignatureClaim } from './read-signature.ts';
import type { SignedPart } from './scheme.ts';

/** The literal pieces of a template as bytes, and the names of the parts between them. */
type Template = readonly (SignedPart | Uint8Array)[];

const placeholder = /\{(id|timestamp|body|method|url|decodedUrl)\}/;

/** Templates that were split. They come from the catalogue and from sources' settings, so there are few. */
const templates = new Map<string, Template>();

/** Returns the signed content: the template's parts as bytes, in order. */
export const signedContent = (template: string, claim: SignatureClaim, request: RawRequest): Uint8Array[] =>
  templateOf(template).map((piece) => (typeof piece === 'string' ? partOf[piece](claim, request) : piece));

function templateOf(text: string): Template {
  const known = templates.get(text);
  if (known !== undefined) return known;
  // `split` with a group alternates between literal pieces and names of placeholders.
  const pieces = text.split(placeholder).filter((piece) => piece !== '');
  const template = pieces.map((piece) => (isPart(piece) ? piece : Buffer.from(piece)));
  templates.set(text, template);
  return template;
}

/** The escapes that HubSpot decodes in a URL before it signs. */
const undoneEscapes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

const partOf: Readonly<Record<SignedPart, (claim: SignatureClaim, request: RawRequest) => Uint8Array>> = {
  id: ({ id = '' }) => Buffer.from(id),
  timestamp: ({ timestamp = '' }) => Buffer.from(timestamp),
  body: (_claim, { body }) => body,
  method: (_claim, { method }) => Buffer.from(method),
  url: (_claim, { url }) => Buffer.from(url),
  decodedUrl: (_claim, { url }) => Buffer.from(url.replace(undoneEscapes, decodeURIComponent)),
};

const isPart = (name: string): name is SignedPart => Object.hasOwn(partOf, name);
