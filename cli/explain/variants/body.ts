import { gunzipSync } from 'node:zlib';
import { ownOf } from '../../../lambdas/domain/own-property.ts';
import { withoutEntities } from './entities.ts';
import { formVariants } from './form.ts';
import { jsonVariants } from './json.ts';
import { distinct, type TextVariant, type Variant } from './variant.ts';

/** The bodies that may have been changed into this one. */
export function bodyVariants(body: Uint8Array): Variant<Uint8Array>[] {
  const text = Buffer.from(body).toString('utf8');
  const variants = [...textVariants(text), ...formVariants(text), ...jsonVariants(text)];
  return [
    ...distinct(variants, text).map(([when, changed]) => ({ when, value: Buffer.from(changed, 'utf8') })),
    ...byteVariants(body, text),
  ];
}

const textVariants = (text: string): TextVariant[] => [
  ['with a line end after the body, which was trimmed', `${text}\n`],
  ['with CR and LF after the body, which were trimmed', `${text}\r\n`],
  ['without the white space around the body, which was added', text.trim()],
  ['with LF for each CR LF: line ends were changed', text.replaceAll('\r\n', '\n')],
  ['with CR LF for each LF: line ends were changed', text.replace(/\r?\n/g, '\r\n')],
  ['with CR LF for each LF but the last: line ends were changed', text.trim().replace(/\r?\n/g, '\r\n')],
  ['without the byte order mark', text.replace(/^\ufeff/, '')],
  ['with a byte order mark, which was removed', `\ufeff${text}`],
  [
    'with the body decoded from base64, as API Gateway forwards it',
    Buffer.from(text, 'base64').toString('utf8'),
  ],
  ['with the body in base64, which was decoded', Buffer.from(text).toString('base64')],
  [
    'with the body as UTF-8: something read it as Latin-1 and wrote that as UTF-8',
    Buffer.from(text, 'latin1').toString('utf8'),
  ],
  ['with the letters of the body composed (NFC)', text.normalize('NFC')],
  ['with the letters of the body decomposed (NFD)', text.normalize('NFD')],
  ['with the characters that HTML escapes', withoutEntities(text)],
];

function byteVariants(body: Uint8Array, text: string): Variant<Uint8Array>[] {
  const unpacked = unzipped(body);
  const latin1 = Buffer.from(text, 'latin1');
  const python = ofPython(text);
  const isLatin1 = latin1.toString('latin1') === text && !latin1.equals(body);
  return [
    ...(unpacked === undefined
      ? []
      : [{ when: 'with the body unpacked: it came with gzip', value: unpacked }]),
    ...(python === undefined
      ? []
      : [{ when: "with what stands in b'…': Python wrote its bytes as a text, with str()", value: python }]),
    ...(isLatin1 ? [{ when: 'with the body as Latin-1: something wrote it as UTF-8', value: latin1 }] : []),
  ];
}

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Decodes Python's notation of bytes. */
function ofPython(text: string): Uint8Array | undefined {
  const [, , inner] = /^b(["'])([\s\S]*)\1\s*$/.exec(text) ?? [];
  if (inner === undefined) return undefined;
  const bytes = inner.replace(/\\(?:x([0-9a-f]{2})|([\s\S]))/g, (_all, code?: string, letter = '') =>
    code === undefined ? (ownOf(controls, letter) ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

/** The receiver's body limit. */
const maxOutputLength = 16 * 1024 * 1024;

function unzipped(body: Uint8Array): Uint8Array | undefined {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(body, { maxOutputLength });
  } catch {
    return undefined;
  }
}
