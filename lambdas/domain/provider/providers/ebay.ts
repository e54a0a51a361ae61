import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { queryOf } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import { accepted, type Check, type CheckContext, refusedFor } from '../check.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, jsonResponse, refusedChallenge } from '../handshake.ts';
import { parseJsonBody } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { body } from '../provider-dsl.ts';

const Part = v.pipe(v.string(), v.nonEmpty(), v.notValue('unset'));
const Credentials = v.object({
  clientId: Part,
  clientSecret: Part,
  verificationToken: Part,
  environment: v.picklist(['sandbox', 'production']),
});
type Credentials = v.InferOutput<typeof Credentials>;

const application: OwnFormat = {
  called: 'JSON with clientId, clientSecret, verificationToken and environment (sandbox or production)',
  parse(secret) {
    const { success, output } = v.safeParse(Credentials, parseJsonBody(secret));
    return success ? { kind: 'fields', fields: output } : undefined;
  },
};

const SignatureHeader = v.object({
  kid: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  signature: v.string(),
});
/** The digest comes from the key server; the one in the header is not signed. */
const Key = v.object({
  key: v.string(),
  algorithm: v.pipe(v.string(), v.toLowerCase(), v.literal('ecdsa')),
  digest: v.pipe(v.string(), v.toLowerCase(), v.picklist(['sha1', 'sha256'])),
});
interface SigningKey {
  readonly publicKey: KeyObject;
  readonly digest: 'sha1' | 'sha256';
}

/** eBay's key server did not return a key. The next request may succeed. */
class KeyServerError extends Error {
  override name = 'KeyServerError' as const;
}

/** A header of base64 JSON names the key, which eBay's API returns to registered applications. */
const check: Check = async (request, keys, context) => {
  const header = request.headers.get('x-ebay-signature');
  if (!header) return refusedFor('missing-header');
  const bytes = decodeStrictly(header, 'base64');
  const claim = v.safeParse(SignatureHeader, parseJsonBody(bytes?.toString('utf8') ?? ''));
  const signature = claim.success ? decodeStrictly(claim.output.signature, 'base64') : undefined;
  if (!claim.success || signature === undefined) return refusedFor('malformed-header');
  const known = keys.map(credentialsOf).filter((found) => found !== undefined);
  for (const credentials of known) {
    const key = await fetchKey(claim.output.kid, credentials, context);
    if (key === undefined) continue;
    return verify(key.digest, request.body, key.publicKey, signature) ? accepted : refusedFor('mismatch');
  }
  return refusedFor(known.length > 0 ? 'untrusted-key' : 'mismatch');
};

const credentialsOf = (key: VerificationKey): Credentials | undefined => {
  const { success, output } = v.safeParse(Credentials, key.kind === 'fields' ? key.fields : undefined);
  return success ? output : undefined;
};

/** @returns undefined when eBay has no such key, or one of another kind */
async function fetchKey(
  kid: string,
  { clientId, clientSecret, environment }: Credentials,
  { fetchKey: fetchFrom }: CheckContext,
): Promise<SigningKey | undefined> {
  const host = environment === 'sandbox' ? 'api.sandbox.ebay.com' : 'api.ebay.com';
  const { isThere, text } = await fetchFrom(
    new URL(`https://${host}/commerce/notification/v1/public_key/${kid}`),
    undefined,
    {
      tokenUrl: new URL(`https://${host}/identity/v1/oauth2/token`),
      id: clientId,
      secret: clientSecret,
      scope: 'https://api.ebay.com/oauth/api_scope',
    },
  );
  if (!isThere) return undefined;
  const content = parseJsonBody(text);
  if (content === undefined) throw new KeyServerError('the response of eBay is not a key');
  const parsed = v.safeParse(Key, content);
  const publicKey = parsed.success ? publicKeyIn(parsed.output.key) : undefined;
  return parsed.success && publicKey ? { publicKey, digest: parsed.output.digest } : undefined;
}

/** Reads a PEM that is written on one line. */
function publicKeyIn(text: string): KeyObject | undefined {
  const [, base64 = ''] = /^-----BEGIN PUBLIC KEY-----([\s\S]*)-----END PUBLIC KEY-----\s*$/.exec(text) ?? [];
  try {
    const der = Buffer.from(base64, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** eBay's challenges only, so that the hash never covers the start of another text. */
const challenges = /^[A-Za-z0-9_-]{1,256}$/;

/** Saving the URL sends a code. The response is its hash with the verification token and the URL. */
const validation: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }, keys) => {
    const [credentials] = keys.map(credentialsOf);
    if (method !== 'GET' || credentials === undefined) return undefined;
    const code = fieldOf(queryOf({ url }), 'challenge_code') ?? '';
    if (!challenges.test(code)) return refusedChallenge(400, 'invalid_request');
    const [endpoint = ''] = url.split('?');
    const hash = createHash('sha256').update(code).update(credentials.verificationToken).update(endpoint);
    return jsonResponse({ challengeResponse: hash.digest('hex') });
  },
};

/** @see https://developer.ebay.com/marketplace-account-deletion */
export const ebay: Provider = {
  secret: application,
  signature: check,
  body: 'json',
  // The body contains its number of attempts, so its hash changes.
  id: body('notification.notificationId'),
  type: body('metadata.topic'),
  attributes: { topic: body('metadata.topic') },
  forward: [],
  handshake: validation,
};
