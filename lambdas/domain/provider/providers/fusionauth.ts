import { createHash, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmacKey } from '../../signature/hmac.ts';
import { type OwnFormat, publicKeyFrom, type VerificationKey } from '../../signature/key.ts';
import { toUnixSeconds } from '../../time.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { verifiedClaims } from '../json-web-signature.ts';
import type { Provider } from '../provider.ts';
import { body } from '../provider-dsl.ts';

const signingKey: OwnFormat = {
  called: 'HMAC secret, or public key as PEM',
  parse(secret) {
    if (!secret.startsWith('-----')) return hmacKey(secret);
    const publicKey = publicKeyFrom({ key: secret, format: 'pem' });
    return publicKey && algorithmsOf(publicKey).length > 0 ? { kind: 'public-key', publicKey } : undefined;
  },
};

const Claims = v.object({ request_body_sha256: v.string(), exp: v.optional(v.number()) });

const ofCurve: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

/** Shorter RSA keys are insecure, and libraries do not verify with them. */
const minRsaBits = 2048;

/** The algorithms of a key; none if it is too weak. A public key is never used as an HMAC secret. */
function algorithmsOf(key: KeyObject): readonly string[] {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return modulusLength < minRsaBits ? [] : ['RS256', 'RS384', 'RS512'];
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  return [ofCurve.get(key.asymmetricKeyDetails?.namedCurve)].filter((name) => name !== undefined);
}

async function claimsBy(key: VerificationKey, token: string): Promise<unknown> {
  if (key.kind === 'hmac') return verifiedClaims(token, key.secretKey, ['HS256', 'HS384', 'HS512']);
  if (key.kind === 'public-key') return verifiedClaims(token, key.publicKey, algorithmsOf(key.publicKey));
  return undefined;
}

/** A JSON Web Token contains the hash of the body. */
const check: Check = async (request, keys, { now }) => {
  const token = request.headers.get('x-fusionauth-signature-jwt');
  if (!token) return refusedFor('missing-header');
  const all = await Promise.all(keys.map((key) => claimsBy(key, token)));
  const claims = v.safeParse(
    Claims,
    all.find((found) => found !== undefined),
  );
  if (!claims.success) return refusedFor('mismatch');
  const expected = createHash('sha256').update(request.body).digest('base64');
  const { request_body_sha256: sent, exp } = claims.output;
  if (!equalBytes(Buffer.from(expected), Buffer.from(sent, 'utf8'))) return refusedFor('mismatch');
  return exp === undefined || exp > toUnixSeconds(now) ? accepted : refusedFor('too-old');
};

/** @see https://fusionauth.io/docs/extend/events-and-webhooks/signing */
export const fusionauth: Provider = {
  secret: signingKey,
  signature: check,
  body: 'json',
  id: body('event.id'),
  type: body('event.type'),
  attributes: { tenant: body('event.tenantId') },
  forward: [],
};
