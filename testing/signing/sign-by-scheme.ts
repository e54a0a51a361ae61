import { createSecretKey, sign as signWithPrivateKey } from 'node:crypto';
import { hmac } from '../../lambdas/domain/signature/hmac.ts';
import { type Algorithm, headerName, type SignatureScheme } from '../../lambdas/domain/signature/scheme.ts';
import { signedContent } from '../../lambdas/domain/signature/signed-content.ts';
import { toIsoInstant, toUnixSeconds } from '../../lambdas/domain/time.ts';
import {
  CannotSignError,
  type Draft,
  needsPrivateKey,
  rawRequestOf,
  type Signing,
  withHeaders,
} from './draft.ts';

/**
 * Signs by a provider's signature scheme: the inverse of verification.
 *
 * @returns undefined when the scheme needs another kind of key
 * @throws CannotSignError when a private key is needed and missing
 */
export function signByScheme(scheme: SignatureScheme, draft: Draft, signing: Signing): Draft | undefined {
  const found = Object.entries(scheme.versions).find(([, algorithm]) => algorithm.key === signing.key.kind);
  if (found === undefined) return undefined;
  const [version, algorithm] = found;
  const family = scheme.families?.[0] ?? '';
  const name = (header: string) => headerName(header, family);
  const timestamp = timestampOf(scheme, signing);
  const claim = { family, id: signing.messageId, timestamp, signatures: [] };
  const content = Buffer.concat(signedContent(scheme.signed, claim, rawRequestOf(draft)));
  const signature = computed(algorithm, content, signing);
  return withHeaders(draft, {
    ...scheme.fixedHeaders,
    ...(scheme.idHeader && { [name(scheme.idHeader)]: signing.messageId }),
    ...(scheme.timestampHeader && { [name(scheme.timestampHeader)]: timestamp }),
    ...written(scheme, name(scheme.header), timestamp, version, signature),
  });
}

function timestampOf({ timestampUnit }: SignatureScheme, { at }: Signing): string {
  if (timestampUnit === 'milliseconds') return String(at);
  return timestampUnit === 'iso' ? toIsoInstant(at) : String(toUnixSeconds(at));
}

function computed(algorithm: Algorithm, content: Uint8Array, { key, privateKey }: Signing): string {
  if (algorithm.key === 'token') return inText(algorithm, key.kind === 'token' ? key.bytes : content);
  if (algorithm.key === 'hmac') {
    const signedWith = key.kind === 'hmac' ? key.secretKey : createSecretKey(content);
    return inText(algorithm, hmac(algorithm.hash, signedWith, content));
  }
  if (privateKey === undefined) throw new CannotSignError(needsPrivateKey);
  const hash = algorithm.key === 'ed25519' ? null : 'sha256';
  return inText(algorithm, signWithPrivateKey(hash, content, privateKey));
}

const inText = ({ encoding }: Algorithm, bytes: Uint8Array): string =>
  Buffer.from(bytes).toString(encoding === 'text' ? 'utf8' : encoding);

function written(
  { format }: SignatureScheme,
  header: string,
  timestamp: string,
  version: string,
  signature: string,
): Record<string, string> {
  switch (format.kind) {
    case 'single':
      return { [header]: format.prefix + signature };
    case 'positional':
      return { [header]: `${timestamp},${signature}` };
    case 'list':
      return { [header]: `${version},${signature}` };
    case 'numbered':
      return { [`${header}1`]: signature };
    case 'fields': {
      const time = format.timestampField ? `${format.timestampField}=${timestamp}${format.separator}` : '';
      return { [header]: `${time}${version}=${signature}` };
    }
  }
}
