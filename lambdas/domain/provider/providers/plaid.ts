import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { readInstant } from '../../signature/instant.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import { judgeTime } from '../../signature/verify.ts';
import { toUnixSeconds, type UnixMillis } from '../../time.ts';
import { acceptedAt, type Check, type CheckContext, refusedFor } from '../check.ts';
import { unverifiedHeader, verifiedClaims } from '../json-web-signature.ts';
import { parseJsonBody, parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, hash, joined } from '../provider-dsl.ts';

const Part = v.pipe(v.string(), v.nonEmpty(), v.notValue('unset'));
const Credentials = v.object({
  clientId: Part,
  secret: Part,
  environment: v.picklist(['sandbox', 'production']),
});
type Credentials = v.InferOutput<typeof Credentials>;

const apiCredentials: OwnFormat = {
  called: 'JSON with clientId, secret and environment (sandbox or production)',
  parse(secret) {
    const { success, output } = v.safeParse(Credentials, parseJsonBody(secret));
    return success ? { kind: 'fields', fields: output } : undefined;
  },
};

const Header = v.object({
  alg: v.literal('ES256'),
  kid: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)),
});
const Claims = v.object({ iat: v.pipe(v.number(), v.integer()), request_body_sha256: v.string() });
const Key = v.object({
  key: v.object({
    alg: v.literal('ES256'),
    kty: v.literal('EC'),
    crv: v.literal('P-256'),
    kid: v.string(),
    x: v.string(),
    y: v.string(),
    use: v.optional(v.literal('sig')),
    expired_at: v.nullish(v.number()),
  }),
});

/** Plaid refused the credentials that are stored for the source. */
class CredentialsError extends Error {
  override name = 'CredentialsError' as const;
}

/** Plaid's key server did not return a key. The next request may succeed. */
class KeyServerError extends Error {
  override name = 'KeyServerError' as const;
}

/** A JSON Web Token contains the hash of the body. Its key comes from Plaid's API. */
const check: Check = async (request, keys, context) => {
  const token = request.headers.get('plaid-verification');
  if (!token) return refusedFor('missing-header');
  const header = v.safeParse(Header, unverifiedHeader(token));
  if (!header.success) return refusedFor('malformed-header');
  const credentials = keys.map(credentialsOf).filter((found) => found !== undefined);
  for (const candidate of credentials) {
    const key = await fetchKey(header.output.kid, candidate, context);
    if (key !== undefined) return checkToken(token, key, candidate, request.body, context);
  }
  return refusedFor(credentials.length > 0 ? 'untrusted-key' : 'mismatch');
};

const credentialsOf = (key: VerificationKey): Credentials | undefined => {
  const { success, output } = v.safeParse(Credentials, key.kind === 'fields' ? key.fields : undefined);
  return success ? output : undefined;
};

async function checkToken(
  token: string,
  key: KeyObject,
  { environment }: Credentials,
  bytes: Uint8Array,
  { tolerance, now }: CheckContext,
) {
  const claims = v.safeParse(Claims, await verifiedClaims(token, key, ['ES256']));
  if (!claims.success) return refusedFor('mismatch');
  const { iat, request_body_sha256 } = claims.output;
  const expected = createHash('sha256').update(bytes).digest('hex');
  if (!equalBytes(Buffer.from(expected), Buffer.from(request_body_sha256, 'utf8')))
    return refusedFor('mismatch');
  const signedAt = readInstant(String(iat), 'seconds');
  if (signedAt === undefined) return refusedFor('malformed-timestamp');
  const late = judgeTime(signedAt, tolerance, now);
  if (late !== undefined) return refusedFor(late);
  const named = propertyAt(parsePayload(bytes, 'json'), 'environment');
  return named === undefined || named === environment ? acceptedAt(signedAt) : refusedFor('wrong-recipient');
}

/** @returns undefined when Plaid has no such key, or it has expired */
async function fetchKey(
  kid: string,
  { clientId, secret, environment }: Credentials,
  { fetchKey: fetchFrom, now }: CheckContext,
): Promise<KeyObject | undefined> {
  const url = new URL(`https://${environment}.plaid.com/webhook_verification_key/get`);
  const { isThere, text } = await fetchFrom(url, { client_id: clientId, secret, key_id: kid });
  if (!isThere) {
    const code = String(propertyAt(parseJsonBody(text), 'error_code'));
    if (/API_KEYS|UNAUTHORIZED/.test(code))
      throw new CredentialsError(`Plaid says ${code}: set the source's secret again`);
    return undefined;
  }
  const content = parseJsonBody(text);
  if (content === undefined) throw new KeyServerError('the response of Plaid is not a key');
  const parsed = v.safeParse(Key, content);
  if (!parsed.success || parsed.output.key.kid !== kid || isExpired(parsed.output.key, now)) return undefined;
  const { kty, crv, x, y } = parsed.output.key;
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
}

const isExpired = ({ expired_at }: v.InferOutput<typeof Key>['key'], now: UnixMillis): boolean =>
  typeof expired_at === 'number' && expired_at <= toUnixSeconds(now);

/** The signing time of the token, for requests that have already verified. */
const signedAt = code(({ request }) => {
  const [, claims = ''] = (request.headers.get('plaid-verification') ?? '').split('.');
  const iat = propertyAt(parseJsonBody(Buffer.from(claims, 'base64url').toString('utf8')), 'iat');
  return typeof iat === 'number' ? String(iat) : undefined;
});

/** @see https://plaid.com/docs/api/webhooks/webhook-verification/ */
export const plaid: Provider = {
  secret: apiCredentials,
  signature: check,
  body: 'json',
  // Events have no id, and those of one item may have the same bytes; the token's time distinguishes them.
  id: joined(':', hash, signedAt),
  type: joined('.', body('webhook_type'), body('webhook_code')),
  attributes: { item: body('item_id') },
  forward: [],
};
