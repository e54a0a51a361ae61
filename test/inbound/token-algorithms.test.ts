import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifiedClaims } from '../../lambdas/domain/provider/json-web-signature.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { publicKeys } from '../support/fixtures/asymmetric-keys.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const body = '{"event":{"id":"1","type":"user.login"}}';
const hash = createHash('sha256').update(body).digest('base64');
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as anybody may write it; the signature is made of its text. */
function token(header: object, claims: object, signatureOf: (text: string) => Buffer): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${signatureOf(text).toString('base64url')}`;
}
const macOf =
  (key: string | Buffer, digest = 'sha256') =>
  (text: string) =>
    createHmac(digest, key).update(text).digest();
const nothing = () => Buffer.alloc(0);

const receiverOf = (provider: 'fusionauth' | 'monday', value: string) =>
  memoryReceiver({ provider }, { current: { value, createdAt: unixMillis(0) } });
const fusionauth = (jwt: string) => requestOf(body, { 'x-fusionauth-signature-jwt': jwt });
const claims = { request_body_sha256: hash };

describe('FusionAuth', () => {
  it.each(publicKeys)(
    'FusionAuth: a token that is signed with %s as if it were a secret is refused',
    async (_form, value) => {
      const keys = [value, value.trim(), `${value.trim()}\n`, Buffer.from(value, 'base64')];
      for (const key of keys) {
        const jwt = token({ alg: 'HS256' }, claims, macOf(key));
        const reception = await receiverOf('fusionauth', value).receive(fusionauth(jwt), now);

        expect(reception).toMatchObject({ kind: 'refused' });
      }
    },
  );

  const secret = 'a secret that is long enough for HS512 and its sixty-four bytes of key..';
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = (key: KeyObject) => String(key.export({ format: 'pem', type: 'spki' }));
  const rsaSignature = (text: string) => sign('sha256', Buffer.from(text), rsa.privateKey);
  const jwk = rsa.publicKey.export({ format: 'jwk' });

  it('FusionAuth: a token in an algorithm of its key is accepted', async () => {
    const jwt = token({ alg: 'RS256' }, claims, rsaSignature);

    expect(await receiverOf('fusionauth', pem(rsa.publicKey)).receive(fusionauth(jwt), now)).toMatchObject({
      kind: 'accepted',
    });
    const mac = token({ alg: 'HS256' }, claims, macOf(secret));
    expect(await receiverOf('fusionauth', secret).receive(fusionauth(mac), now)).toMatchObject({
      kind: 'accepted',
    });
  });

  it.each([
    ['none, to a secret', secret, token({ alg: 'none' }, claims, nothing)],
    ['None, to a secret', secret, token({ alg: 'None' }, claims, nothing)],
    ['none with a signature, to a secret', secret, token({ alg: 'none' }, claims, macOf(secret))],
    ['no algorithm, to a secret', secret, token({}, claims, macOf(secret))],
    ['RS256, to a secret', secret, token({ alg: 'RS256' }, claims, macOf(secret))],
    ['RS256 with its own key, to a secret', secret, token({ alg: 'RS256', jwk }, claims, rsaSignature)],
    ['none, to a public key', pem(rsa.publicKey), token({ alg: 'none' }, claims, nothing)],
    [
      'HS256, to a public key',
      pem(rsa.publicKey),
      token({ alg: 'HS256' }, claims, macOf(pem(rsa.publicKey))),
    ],
    ['PS256, to a public key', pem(rsa.publicKey), token({ alg: 'PS256' }, claims, rsaSignature)],
    [
      'RS256 with its own key, to another public key',
      pem(ec.publicKey),
      token({ alg: 'RS256', jwk }, claims, rsaSignature),
    ],
    [
      'ES256 with zeros, to a public key',
      pem(ec.publicKey),
      token({ alg: 'ES256' }, claims, () => Buffer.alloc(64)),
    ],
    ['a critical header', secret, token({ alg: 'HS256', crit: ['b64'], b64: false }, claims, macOf(secret))],
  ])('FusionAuth: a token is refused with the algorithm %s', async (_name, value, jwt) => {
    expect(await receiverOf('fusionauth', value).receive(fusionauth(jwt), now)).toMatchObject({
      status: 401,
    });
  });
});

describe('monday', () => {
  const secret = 'a signing secret of monday, 32 characters';
  const url = 'https://hooks.example.test/webhooks/source';
  const forUs = { aud: url, exp: now + 60 };
  const send = (jwt: string, value = secret) =>
    receiverOf('monday', value).receive(
      requestOf('{"event":{"type":"a","triggerUuid":"1"}}', { authorization: jwt }),
      now,
    );

  it('monday: a token in HS256 is accepted, and no other', async () => {
    expect(await send(token({ alg: 'HS256' }, forUs, macOf(secret)))).toMatchObject({ kind: 'accepted' });
    const others = [
      token({ alg: 'none' }, forUs, nothing),
      token({ alg: 'none' }, forUs, macOf(secret)),
      token({ alg: 'HS384' }, forUs, macOf(secret, 'sha384')),
      token({ alg: 'hs256' }, forUs, macOf(secret)),
      token({ alg: 'HS256' }, forUs, macOf('')),
      token({}, forUs, macOf(secret)),
    ];
    for (const jwt of others) expect(await send(jwt)).toMatchObject({ status: 401 });
  });

  it.each(publicKeys)('monday: %s is not a key', async (_form, value) => {
    expect(await send(token({ alg: 'HS256' }, forUs, macOf(value)), value)).toMatchObject({
      status: 503,
      error: 'secret_not_set',
    });
  });
});

describe('a token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('a token for a public key is never verified by an HMAC with that key', async () => {
    const pem = String(publicKey.export({ format: 'pem', type: 'spki' }));
    const jwt = token({ alg: 'HS256' }, { a: 1 }, macOf(pem));

    expect(await verifiedClaims(jwt, publicKey, ['ES256'])).toBeUndefined();
    expect(await verifiedClaims(jwt, publicKey, ['HS256', 'ES256'])).toBeUndefined();
    expect(
      await verifiedClaims(token({ alg: 'none' }, { a: 1 }, nothing), publicKey, ['none']),
    ).toBeUndefined();
  });

  it('a token in ES256 is verified by its key alone, as Plaid’s are', async () => {
    const signature = (text: string) =>
      sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const jwt = token({ alg: 'ES256' }, { a: 1 }, signature);

    expect(await verifiedClaims(jwt, publicKey, ['ES256'])).toEqual({ a: 1 });
    expect(
      await verifiedClaims(jwt, generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, ['ES256']),
    ).toBeUndefined();
  });
});
