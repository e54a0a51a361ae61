import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { hmac, keysOf } from '../../lambdas/domain/signature/hmac.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { readSignature, type SignatureClaim } from '../../lambdas/domain/signature/read-signature.ts';
import type { SignatureScheme } from '../../lambdas/domain/signature/scheme.ts';
import { signedContent } from '../../lambdas/domain/signature/signed-content.ts';
import { customSignatureParts } from './custom-signature-parts.ts';
import { signedLine } from './signed-line.ts';

/**
 * Describes the signed content, the received signature and the computed one, a line each.
 *
 * Only the beginning of a computed signature is shown, so that the output cannot be used to sign.
 */
export function signedParts(
  slug: string,
  { signature, otherSignatures = [] }: Provider,
  request: RawRequest,
  keys: readonly VerificationKey[],
): string[] {
  if (typeof signature === 'function') return ownOf(customSignatureParts, slug)?.(request, keys) ?? [];
  const schemes = [signature, ...otherSignatures];
  const parts = schemes.flatMap((scheme) => partsOf(scheme, request, keys));
  const sought = schemes.map(({ header }) => header.replace('*', '…'));
  // Two versions of a secret may have the same value.
  return parts.length > 0 ? [...new Set(parts)] : [`looked for ${sought.join(' or ')}`];
}

function partsOf(scheme: SignatureScheme, request: RawRequest, keys: readonly VerificationKey[]): string[] {
  const claim = readSignature(scheme, request.headers);
  if (typeof claim === 'string') return [];
  if (isToken(scheme)) return tokenParts(claim, keys);
  const content = Buffer.concat(signedContent(scheme.signed, claim, request));
  const received = claim.signatures.map(
    ({ version, text }) => `received ${version === 'only' ? '' : `${version} `}${text}`,
  );
  return [signedLine(scheme.signed, content), ...received, ...computed(scheme, content, keys)];
}

const computed = (
  { versions }: SignatureScheme,
  content: Uint8Array,
  keys: readonly VerificationKey[],
): string[] =>
  Object.values(versions).flatMap((algorithm) =>
    keys.flatMap((key) => {
      if (algorithm.key !== 'hmac' || key.kind !== 'hmac') return [];
      return keysOf(key).map((one) => {
        const mac = hmac(algorithm.hash, one, content);
        const text = mac.toString(algorithm.encoding === 'text' ? 'hex' : algorithm.encoding);
        return `computed ${text.slice(0, 12)}…`;
      });
    }),
  );

const isToken = ({ versions }: SignatureScheme): boolean =>
  Object.values(versions).every(({ key }) => key === 'token');

/** Shows neither token: the received one may be the secret of another source. */
const tokenParts = ({ signatures }: SignatureClaim, keys: readonly VerificationKey[]): string[] => [
  'nothing is signed: the header is the secret',
  ...signatures.map(({ text }) => `received ${text.length} characters`),
  ...keys.flatMap((key) => (key.kind === 'token' ? [`the secret has ${key.bytes.length} bytes`] : [])),
];
