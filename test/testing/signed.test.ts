import { generateKeyPairSync } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { CannotSignError, type SignedRequest, signed } from '../../entry/testing.ts';
import { type ProviderName, verify, verifyRequest } from '../../entry/verify.ts';
import { rawRequest } from '../../lambdas/adapters/api-gateway.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { verifyGiven } from '../../verify/verify.ts';
import { expectedTypes } from '../flows/support/provider-expectations.ts';

type Name = keyof typeof catalogue;
const names = Object.keys(catalogue) as Name[];
const make = (name: Name, ...[type, data, options]: Parameters<typeof signed.zoom>): SignedRequest =>
  signed[name](type, data, options);
const check = (request: SignedRequest, url = request.url) =>
  verifyGiven(request.provider, { ...request, url });

describe.each(names)('a request of %s', (name) => {
  it('verifies, and has the type of the sample', async () => {
    expect(await check(make(name))).toMatchObject({
      kind: 'verified',
      events: [{ type: expectedTypes[name] }],
    });
  });

  it('verifies as a Request and as an event of API Gateway', async () => {
    const request = make(name);
    const { secret, fetch, roots, url } = request;
    const event: APIGatewayProxyEventV2 = request.toLambdaEvent();

    const asRequest = await verifyRequest(name, request.toRequest(), { secret, fetch, roots, url });
    const { method, headers, body, url: gatewayUrl } = rawRequest(event);
    const asEvent = await verify(name, { secret, fetch, roots, url: gatewayUrl, method, headers, body });

    expect([asRequest.kind, asEvent.kind]).toEqual(['verified', 'verified']);
  });

  it('is refused when it was tampered with', async () => {
    expect(await check(make(name, undefined, {}, { tampered: true }))).toMatchObject({
      kind: 'refused',
      response: { status: 401 },
    });
  });

  it('is refused when it is stale, if the provider signs a time', async () => {
    try {
      const stale = make(name, undefined, {}, { stale: true });
      expect(await check(stale)).toMatchObject({ kind: 'refused', error: 'invalid_timestamp' });
    } catch (error) {
      expect(error).toBeInstanceOf(CannotSignError);
    }
  });

  it('needs its URL for verification exactly if the provider signs it', async () => {
    const request = make(name);
    const elsewhere = await check(request, 'https://elsewhere.test/other');
    const without = verifyGiven(name, { ...request, url: undefined });

    if (elsewhere.kind === 'verified') expect(await without).toMatchObject({ kind: 'verified' });
    else await expect(without).rejects.toThrow(/^url is missing/);
  });

  it('has the id that is asked for, or says that it cannot', async () => {
    try {
      const result = await check(make(name, undefined, {}, { id: 'id-of-the-test' }));
      expect(result).toMatchObject({ events: [{ id: expect.stringContaining('id-of-the-test') }] });
    } catch (error) {
      expect(error).toBeInstanceOf(CannotSignError);
    }
  });
});

describe('what a test changes', () => {
  it('is the type, and fields that are merged into the sample', async () => {
    const request = signed.stripe('invoice.paid', { data: { object: { amount_paid: 77, lines: ['a'] } } });

    expect(await check(request)).toMatchObject({
      events: [
        {
          type: 'invoice.paid',
          payload: { data: { object: { amount_paid: 77, currency: 'eur', lines: ['a'] } } },
        },
      ],
    });
  });

  it('is the type and id of a provider that has them in headers', async () => {
    const request = signed.github('issues', { action: 'opened' }, { id: 'delivery-1' });

    expect(await check(request)).toMatchObject({
      events: [{ id: 'delivery-1', type: 'issues', payload: { action: 'opened' } }],
    });
  });

  it('is a field of a form', async () => {
    const result = await check(signed.twilio('failed', { To: '+4930123' }));

    expect(result).toMatchObject({ events: [{ type: 'failed', payload: { To: '+4930123' } }] });
  });

  it('is the whole body', async () => {
    const body = '{ "id": "evt_1", "type": "x" }';

    expect(await check(signed.stripe(undefined, {}, { body }))).toMatchObject({ events: [{ id: 'evt_1' }] });
    expect(Buffer.from(signed.stripe(undefined, {}, { body }).body).toString()).toBe(body);
  });

  it('is the time and the secret', async () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const request = signed.slack(undefined, {}, { at, secret: 'a-secret-of-my-own' });

    expect(request.secret).toBe('a-secret-of-my-own');
    expect(await verify('slack', { ...request, now: at })).toMatchObject({ signedAt: at });
  });

  it('is a key pair', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const secret = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

    expect(await check(signed.discord(undefined, {}, { secret, privateKey: pem }))).toMatchObject({
      kind: 'verified',
    });
    expect(() => signed.discord(undefined, {}, { secret })).toThrow(/pass the private key/);
  });

  it('is the topic of SNS that the secret names', async () => {
    const secret = 'arn:aws:sns:us-east-1:111122223333:mine';

    expect(await check(signed.sns(undefined, {}, { secret }))).toMatchObject({
      events: [{ payload: { TopicArn: secret } }],
    });
  });

  it('is refused in a sample that is not JSON', () => {
    expect(() => signed.braintree(undefined, { amount: 1 })).toThrow(
      'Fields cannot be set in the sample of braintree: give the whole `body`.',
    );
  });
});

describe('a sender that is not in the catalogue', () => {
  it.each([
    signed.hmac(
      'order.made',
      { order: 1 },
      { hmac: { signatureHeader: 'X-Sig', algorithm: 'sha256', encoding: 'hex', prefix: '' } },
    ),
    signed.token('order.made', { order: 1 }, { token: { header: 'authorization', prefix: 'Bearer ' } }),
    signed.ed25519(
      'order.made',
      { order: 1 },
      { ed25519: { signatureHeader: 'X-Sig', encoding: 'base64', prefix: '' } },
    ),
  ])('signs with its settings: $provider', async (request) => {
    expect(await check(request)).toMatchObject({ events: [{ type: 'order.made', payload: { order: 1 } }] });
  });
});

it('each provider can be signed', () => {
  expect(Object.keys(signed)).toEqual([...names, 'hmac', 'token', 'ed25519'] satisfies ProviderName[]);
});
