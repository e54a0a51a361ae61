import { createHash, createHmac } from 'node:crypto';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { readSignature } from '../../lambdas/domain/signature/read-signature.ts';
import { signedContent } from '../../lambdas/domain/signature/verify.ts';

const previewBytes = 80;

/**
 * What a row says is signed, what was received and what the secret makes of it: lines for people.
 *
 * Only the beginning of a computed signature is shown: whoever reads over a shoulder cannot use it.
 */
export function signedParts(
  { signature: scheme }: Provider,
  request: RawRequest,
  keys: readonly VerificationKey[],
): string[] {
  if (typeof scheme === 'function') return [];
  const claim = readSignature(scheme, request.headers);
  if (typeof claim === 'string') return [`looked for ${scheme.header.replace('*', '…')}`];
  const content = Buffer.concat(signedContent(scheme.signed, claim, request));
  const digest = createHash('sha256').update(content).digest('hex');
  const preview = JSON.stringify(content.subarray(0, previewBytes).toString('utf8'));
  const received = claim.signatures.map(
    ({ version, text }) => `received ${version === 'only' ? '' : `${version} `}${text}`,
  );
  const computed = Object.values(scheme.versions).flatMap((algorithm) =>
    keys.flatMap((key) => {
      if (algorithm.key !== 'hmac' || key.kind !== 'hmac') return [];
      const mac = createHmac(algorithm.hash, key.bytes).update(content).digest();
      const text = mac.toString(algorithm.encoding === 'text' ? 'hex' : algorithm.encoding);
      return [`computed ${text.slice(0, 12)}…`];
    }),
  );
  return [
    `signed is ${scheme.signed || 'nothing: the header is the secret'}: ${content.length} bytes, SHA-256 ${digest.slice(0, 16)}…, ${preview}`,
    ...received,
    ...computed,
  ];
}
