import { describe, expect, it } from 'vitest';
import type { ProviderName } from '../../../lambdas/domain/provider/catalogue.ts';
import { github, hmac, look, now, sourceOf, stripeRequest, url } from '../../support/cli/explain.ts';
import { requestOf } from '../../support/worlds/inbound-receiver.ts';

const event = '{"id":"evt_1","name":"Zoë"}';

describe('a secret that was changed before it was stored is recognised:', () => {
  it.each([
    [
      'without its prefix',
      'whsec_abcDEF12',
      'abcDEF12',
      /whsec_ before the secret: this prefix is part of it/,
    ],
    ['with a semicolon', 'whsec_abcDEF12', 'whsec_abcDEF12;', /without the punctuation after it/],
    ['with backslashes', 'ab"cd$ef1', 'ab\\"cd\\$ef1', /backslashes in the secret decoded/],
    ['with escapes of HTML', 'ab"cd&ef1', 'ab&quot;cd&amp;ef1', /escapes of HTML .* decoded/],
    ['in capitals', '8f742231b10e8888', '8F742231B10E8888', /the secret in lower case/],
    ['in lower case', '8F742231B10E8888', '8f742231b10e8888', /the secret in capitals/],
    [
      'in base64 with a line end',
      'correct-horse-1',
      Buffer.from('correct-horse-1\n').toString('base64'),
      /decoded from base64, and without the line end/,
    ],
  ])(
    'explain recognises a secret that was changed before it was stored: %s',
    async (_name, real, stored, told) => {
      const found = await look(stripeRequest(event, event, real), sourceOf('stripe', stored));

      expect(found.likely).toEqual([expect.stringMatching(told)]);
      expect(JSON.stringify(found)).not.toContain(real);
      expect(JSON.stringify(found)).not.toContain(JSON.stringify(stored).slice(1, -1));
    },
  );

  it('explain recognises a token in capitals', async () => {
    const request = requestOf('{"update_id":1}', { 'x-telegram-bot-api-secret-token': 'some-token-12' });
    const found = await look(request, sourceOf('telegram', 'SOME-TOKEN-12'));

    expect(found.likely).toEqual([expect.stringMatching(/the secret in lower case/)]);
  });
});

describe('a body that was changed on the way is recognised:', () => {
  const form = 'From=%2B14155551212&Body=Hi';
  const payload = `payload=${encodeURIComponent(event)}`;
  it.each([
    ['bytes that Python wrote as a text', event, `b'{"id":"evt_1","name":"Zo\\xc3\\xab"}'`, /Python wrote/],
    ['JSON in an object', event, `{"body": ${event}, "path": "/"}`, /JSON in the field body: something put/],
    ['JSON out of a form', payload, event, /field payload of a form.*took the JSON out of the form/],
    ['a + that was not escaped', form, form.replace('%2B', '+'), /%2B for each \+ .*not escaped/],
    ['UTF-8 read as Latin-1', event, Buffer.from(event).toString('latin1'), /read it as Latin-1/],
  ])('explain recognises a body that was changed on the way: %s', async (_name, signed, sent, told) => {
    const found = await look(github(signed, sent), sourceOf('github', 'secret'));

    expect(found.likely).toEqual([expect.stringMatching(told)]);
  });

  it('explain recognises a form of Twilio that became JSON, and reports it once', async () => {
    const signature = hmac('token', `${url}BodyHi thereFrom+1`, 'sha1').digest('base64');
    const request = requestOf('{"From":"+1","Body":"Hi there"}', { 'x-twilio-signature': signature });
    const found = await look(request, sourceOf('twilio', 'token', { publicUrl: url }));

    expect(found.likely).toEqual([
      'It verifies with the body as a form: something turned the form into JSON.',
    ]);
  });
});

describe('a signature of the right secret is recognised:', () => {
  const key = Buffer.alloc(24, 7);
  const secret = `whsec_${key.toString('base64')}`;
  const standard = (text: string) => ({
    'webhook-id': 'm',
    'webhook-timestamp': String(now),
    'webhook-signature': `v1,${hmac(key, text).digest('base64')}`,
  });
  const stripe = (text: string) => `t=${now},v1=${hmac('whsec_1', text).digest('hex')}`;
  // The digest of this body has two +.
  const digest = hmac('shop', '{"n":13}').digest('base64');
  const cases: readonly (readonly [string, ProviderName, string, string, Record<string, string>, RegExp])[] =
    [
      [
        'without the id',
        'standard-webhooks',
        secret,
        '{}',
        standard(`${now}.{}`),
        /of \{timestamp\}\.\{body\} instead of \{id\}\.\{timestamp\}\.\{body\} with this secret/,
      ],
      [
        'as Slack signs',
        'stripe',
        'whsec_1',
        '{}',
        { 'stripe-signature': stripe(`v0:${now}:{}`) },
        /of v0:\{timestamp\}:\{body\} instead of/,
      ],
      [
        'in quotes',
        'stripe',
        'whsec_1',
        '{}',
        { 'stripe-signature': `"${stripe(`${now}.{}`)}"` },
        /in hex, in quotes, behind v1=/,
      ],
      [
        'with blanks',
        'shopify',
        'shop',
        '{"n":13}',
        { 'x-shopify-hmac-sha256': digest.replaceAll('+', ' ') },
        /in base64, with a space for each \+/,
      ],
    ];
  it.each(cases)(
    'explain recognises a signature of the right secret: %s',
    async (_name, provider, stored, body, headers, told) => {
      const found = await look(requestOf(body, headers), sourceOf(provider, stored));

      expect(found.likely).toEqual([expect.stringMatching(told)]);
    },
  );
});

it('explain also compares the path that a proxy uses', async () => {
  const signature = hmac('token', 'https://api.shop.test/hooks/smsFrom1', 'sha1').digest('base64');
  const request = requestOf('From=1', {
    'x-twilio-signature': signature,
    'x-forwarded-host': 'api.shop.test',
    'x-original-url': '/hooks/sms',
  });
  const found = await look(request, sourceOf('twilio', 'token', { publicUrl: url }));

  expect(found.likely.join()).toContain("set publicUrl: 'https://api.shop.test/hooks/sms'");
});

it('explain does not say that JSON of another kind is not JSON', async () => {
  const request = requestOf('{"a":1}', { 'x-xero-signature': hmac('key', '{"a":1}').digest('base64') });
  const found = await look(request, sourceOf('xero', 'key'));

  expect(found.likely).toEqual([expect.stringMatching(/the body is JSON, but not as xero sends it/)]);
});

it('explain suggests a time zone for a time that is hours off', async () => {
  const found = await look(stripeRequest('{}', '{}', 'whsec_1', now - 3600), sourceOf('stripe', 'whsec_1'));

  expect(found.likely.join()).toMatch(/3600 s off, about 1 h, as with a wrong time zone/);
});

it.each([
  ['an API key', 'stripe', 'sk_live_1234567', /does not begin with whsec_, .* another key, or an id\?/],
  ['the id of the endpoint', 'stripe', 'we_1234567890', /does not begin with whsec_/],
  ['the public key', 'paystack', 'pk_live_1234567', /does not begin with sk_test_ or sk_live_/],
  ['another secret', 'stripe', 'whsec_other', /No usual mistake was recognised: compare the secret/],
] as const)('%s where the secret belongs is told by its beginning', async (_name, provider, stored, told) => {
  const request =
    provider === 'stripe'
      ? stripeRequest(event)
      : requestOf(event, { 'x-paystack-signature': hmac('sk_live_1', event, 'sha512').digest('hex') });
  const found = await look(request, sourceOf(provider, stored));

  expect(found.otherwise).toMatch(told);
  expect(found.otherwise).not.toContain(stored);
});
