import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import { madeSecret } from './made-secret.ts';

/** A secret for tests, and the private key if it is a public one. */
export interface TestSecret {
  readonly secret: string;
  readonly privateKey?: KeyObject;
}

/** Secrets that no digits make. */
const fixed: Readonly<Record<string, string>> = {
  asana: 'c'.repeat(64),
  notion: 'secret_hookline0test0secret0of0notion',
  // A signing token, not the older secret token.
  gitlab: 'whsec_aG9va2xpbmUgdGVzdCBzZWNyZXQgb2YgZ2l0bGFi',
  box: '{"primary":"primary test key","secondary":"secondary test key"}',
  meta: '{"appSecret":"app test secret","verifyToken":"verify test token"}',
  strava: '{"verifyToken":"verify test token","subscriptionId":"120475"}',
  sns: 'arn:aws:sns:eu-central-1:111122223333:orders',
  paypal: '9XL90610J3647323C',
  plaid: '{"clientId":"test-client","secret":"plaid test key","environment":"sandbox"}',
  ebay: '{"clientId":"test-client","clientSecret":"ebay test key","verificationToken":"ebay-verification-token-of-hookline-tests","environment":"sandbox"}',
};

const der = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
const ed25519 = (encoding: 'hex' | 'base64') => (): TestSecret => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { secret: der(publicKey).subarray(-32).toString(encoding), privateKey };
};

/** Public keys, each made once in a process. */
const pairs: Readonly<Record<string, () => TestSecret>> = {
  discord: ed25519('hex'),
  telnyx: ed25519('base64'),
  ed25519: ed25519('base64'),
  sendgrid: () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { secret: der(publicKey).toString('base64'), privateKey };
  },
};
const madePairs = new Map<string, TestSecret>();

/** The default secret of a provider in tests: the same in each process, except for public keys. */
export function testSecret(provider: string): TestSecret {
  const makePair = ownOf(pairs, provider);
  if (makePair !== undefined) {
    const pair = madePairs.get(provider) ?? makePair();
    madePairs.set(provider, pair);
    return pair;
  }
  const digits = createHash('sha256').update(`test secret of ${provider}`).digest('hex');
  return { secret: ownOf(fixed, provider) ?? madeSecret(provider, digits) ?? '' };
}
