import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { withSpoiledSignature } from '../../testing/signing/tamper.ts';
import { eventually } from './support/eventually.ts';
import { providers, signed, signedSample, snsMessage, topic } from './support/every-provider.ts';
import { everyProviderStack, publicUrl, storedId } from './support/every-provider-stack.ts';
import { handshakeCalls, signedHandshakeCalls } from './support/handshake-calls.ts';
import { describeFlow } from './support/local-stack.ts';
import { expectedAnswers, expectedRefusals, expectedTypes } from './support/provider-expectations.ts';

describeFlow('A source of every provider', (stack) => {
  const { keys } = stack;
  const { call, event, secretOf, storedSecret, handshakes, sourceOf } = everyProviderStack(stack);

  it.each(providers)(
    'a signed event of %s gets the right response, and is stored under its id and type',
    async (name) => {
      const draft = signedSample(name, publicUrl(name), await secretOf(name), keys);

      const { status, answer, type } = await call(name, draft);
      const id = storedId(name, draft, answer);
      const [wantedStatus, wantedAnswer, wantedType] = expectedAnswers[name] ?? [
        200,
        JSON.stringify({ status: 'accepted', id }),
        'application/json',
      ];
      expect([status, answer, type]).toEqual([wantedStatus, wantedAnswer, wantedType]);
      const stored = await eventually(`${name} to be processed`, async () => {
        const item = await event(name, id);
        return item?.['status'] === 'processed' && item;
      });
      expect(stored['eventType']).toBe(expectedTypes[name]);
    },
  );

  it.each(providers)('a request of %s with another signature is refused', async (name) => {
    const draft = signedSample(name, publicUrl(name), await secretOf(name), keys);
    const forged = withSpoiledSignature(name, draft);

    expect(await call(name, forged)).toMatchObject({
      status: 401,
      answer: expectedRefusals[name] ?? '{"error":"invalid_signature"}',
    });
  });

  it.each(handshakeCalls)(
    'a handshake of %s: %s',
    async (name, _what, { search = '', method = 'GET', body = '', ...request }, wanted) => {
      const headers = { 'content-type': 'application/json', ...request.headers };
      const url = publicUrl(name) + search;
      const answer = await call(name, { method, url, headers, body: Buffer.from(body) });

      expect([answer.status, answer.answer]).toEqual(wanted);
    },
  );

  it.each(signedHandshakeCalls)('a signed handshake of %s: %s', async (name, _what, challenge, wanted) => {
    const { method = 'POST', body = '', headers } = challenge;
    const draft = { method, url: publicUrl(name), headers: { ...headers }, body: Buffer.from(body) };
    const answer = await call(name, signed(name, draft, await storedSecret(name)));
    const unsigned = await call(name, draft);

    expect([answer.status, answer.answer]).toEqual(wanted);
    expect(unsigned.status).toBe(401);
  });

  it('a challenge of ebay is returned hashed with the token and the URL', async () => {
    const { status, answer } = await call('ebay', {
      method: 'GET',
      url: `${publicUrl('ebay')}?challenge_code=a8628072-3d33-45ee`,
      headers: {},
      body: Buffer.from(''),
    });
    const hashed = `a8628072-3d33-45eeverification-token${publicUrl('ebay')}`;
    const challengeResponse = createHash('sha256').update(hashed).digest('hex');

    expect([status, JSON.parse(answer)]).toEqual([200, { challengeResponse }]);
  });

  it('a challenge of x, braintree and zoom is returned signed', async () => {
    const hmac = (hash: string, key: string | Buffer, text: string) => createHmac(hash, key).update(text);
    const [x = '', braintree = '', zoom = ''] = await Promise.all(
      ['x', 'braintree', 'zoom'].map(storedSecret),
    );
    const get = (name: string, search: string) =>
      call(name, { method: 'GET', url: publicUrl(name) + search, headers: {}, body: Buffer.from('') });
    const [publicKey, privateKey = ''] = braintree.split(':');
    const key = createHash('sha1').update(privateKey).digest();
    const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
    const validation =
      '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}';
    const draft = { method: 'POST', url: publicUrl('zoom'), headers: {}, body: Buffer.from(validation) };

    expect(await get('x', '?crc_token=bXlUb2tlbg==')).toMatchObject({
      answer: `{"response_token":"sha256=${hmac('sha256', x, 'bXlUb2tlbg==').digest('base64')}"}`,
    });
    expect(await get('braintree', `?bt_challenge=${challenge}`)).toMatchObject({
      answer: `${publicKey}|${hmac('sha1', key, challenge).digest('hex')}`,
      type: 'text/plain',
    });
    expect(JSON.parse((await call('zoom', signed('zoom', draft, zoom))).answer)).toEqual({
      plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
      encryptedToken: hmac('sha256', zoom, 'qgg8vlvZRS6UYooatFL8Aw').digest('hex'),
    });
  });

  it.each(Object.keys(handshakes))('a second secret of %s never replaces the first', async (name) => {
    const secret = await secretOf(name);
    const [, headers = {}, body = ''] = handshakes[name] ?? [];
    const other = JSON.parse(
      JSON.stringify({ headers, body }).replaceAll('a1', 'b2').replaceAll('tok3n', 'token'),
    );
    const answer = await call(name, {
      method: 'POST',
      url: publicUrl(name),
      ...other,
      body: Buffer.from(other.body),
    });

    expect(answer.status).toBe(401);
    expect(await storedSecret(name)).toBe(secret);
  });

  it('a subscription of sns is confirmed by a request to SNS after its message verified', async () => {
    const draft = signedSample('sns', publicUrl('sns'), topic, keys);
    const confirmation = (host: string) =>
      snsMessage(
        {
          Type: 'SubscriptionConfirmation',
          MessageId: crypto.randomUUID(),
          Message: 'You have chosen to subscribe',
          SubscribeURL: `https://${host}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=t`,
          Token: 't',
          Timestamp: new Date().toISOString(),
        },
        draft,
        keys,
      );

    expect(await call('sns', confirmation('sns.us-east-1.amazonaws.com'))).toMatchObject({
      status: 200,
      answer: '',
    });
    expect(await call('sns', confirmation('evil.example.test'))).toMatchObject({ status: 400 });
  });

  it.each(['mailgun', 'paypal'])(
    'a signature of %s, which covers no body, is good for one body',
    async (name) => {
      const draft = signedSample(name, publicUrl(name), await secretOf(name), keys);
      expect(await call(name, draft)).toMatchObject({ status: 200 });
      expect(await call(name, draft)).toMatchObject({ status: 200 });

      const other = Buffer.from(`${Buffer.from(draft.body)} `);
      expect((await call(name, { ...draft, body: other })).status).toBe(401);
    },
  );

  it('a path without a source gets a 404', async () => {
    const url = sourceOf('stripe').url.replace(/stripe$/, 'nobody');

    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
