import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Fetch } from '../../lambdas/adapters/http/provider-calls.ts';
import { parseJson } from '../../lambdas/domain/json.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import { type ProviderKeys, providerSigners } from './provider-signers.ts';
import {
  certificateTestKey,
  paypalTestCertificate,
  snsTestCertificate,
  testRoot,
} from './test-certificates.ts';

let made: ProviderKeys | undefined;

/** The keys of this process. */
function keysOfTests(): ProviderKeys {
  const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  made ??= {
    sns: certificateTestKey,
    paypal: certificateTestKey,
    plaid: newKey(),
    ebay: newKey(),
    snsCertificate: `SimpleNotificationService-${'0'.repeat(32)}.pem`,
    paypalCertificate: 'CERT-360caa42-fca2a594-1d93a270',
    plaidKeyId: 'bfbd5111-8e33-4643-8ced-b2e642a72f3c',
    ebayKeyId: 'hookline-test-key',
  };
  return made;
}

/** Signs as SNS, PayPal, Plaid or eBay, with keys that only `testFetch` hands out. */
export const testSigners = () => providerSigners(keysOfTests());

/** Roots of the test certificates. */
export const testRoots: readonly string[] = [testRoot];

/** Plays the servers on which providers keep their certificates and keys; any other URL is not found. */
export const testFetch: Fetch = async (url, { body }) => {
  const keys = keysOfTests();
  const place = `${url.hostname}${url.pathname}`;
  if (place.endsWith(`.amazonaws.com/${keys.snsCertificate}`)) return new Response(snsTestCertificate);
  if (url.searchParams.get('Action') === 'ConfirmSubscription') return new Response('');
  if (place.endsWith(`.paypal.com/v1/notifications/certs/${keys.paypalCertificate}`))
    return new Response(paypalTestCertificate);
  if (place.endsWith('.plaid.com/webhook_verification_key/get')) return plaidKey(body, keys);
  if (place.endsWith('/identity/v1/oauth2/token'))
    return Response.json({ access_token: 'test', expires_in: 7200 });
  if (place.endsWith(`/commerce/notification/v1/public_key/${keys.ebayKeyId}`)) {
    const key = createPublicKey(keys.ebay).export({ format: 'pem', type: 'spki' }).toString();
    return Response.json({ key: key.replaceAll('\n', ''), algorithm: 'ECDSA', digest: 'SHA1' });
  }
  return new Response('', { status: 404 });
};

function plaidKey(asked: RequestInit['body'], { plaid, plaidKeyId }: ProviderKeys): Response {
  if (propertyAt(parseJson(String(asked)), 'key_id') !== plaidKeyId)
    return Response.json({ error_code: 'INVALID_WEBHOOK_VERIFICATION_KEY_ID' }, { status: 400 });
  const jwk = createPublicKey(plaid).export({ format: 'jwk' });
  return Response.json({ key: { ...jwk, alg: 'ES256', kid: plaidKeyId, expired_at: null } });
}
