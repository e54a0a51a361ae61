import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secretPlaces } from '../../../cli/explain/secret-form.ts';
import { secretFault } from '../../../cli/secrets/mistakes.ts';
import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import { github, hmac, look, now, sourceOf, stripeRequest, url } from '../../support/cli/explain.ts';
import { requestOf } from '../../support/worlds/inbound-receiver.ts';

const body = '{"id":"1"}';
const digest = (hash = 'sha256') => hmac('secret', body, hash);
const hub = (value: string) => requestOf(body, { 'x-hub-signature-256': value });
const adviceOn = async (request: RawRequest, source = sourceOf('github', 'secret')) => {
  const { likely, otherwise = '' } = await look(request, source);
  return [...likely, otherwise].join('\n');
};

describe('a right digest in another form is no wrong secret:', () => {
  it.each([
    ['base64', `sha256=${digest().digest('base64')}`, 'in base64, behind sha256='],
    ['base64url', `sha256=${digest().digest('base64url')}`, /in base64(url)? without its padding/],
    [
      'hex in base64',
      `sha256=${Buffer.from(digest().digest('hex')).toString('base64')}`,
      'in base64 of its hex digits',
    ],
    ['no prefix', digest().digest('hex'), 'with this secret, in hex.'],
    ['another prefix', `v1=${digest().digest('hex')}`, 'in hex, behind v1='],
    ['a prefix in capitals', `SHA256=${digest().digest('hex')}`, 'behind SHA256='],
    ['quotes', `"sha256=${digest().digest('hex')}"`, 'behind sha256='],
    ['escapes', `sha256%3D${digest().digest('hex')}`, 'x-hub-signature-256'],
    ['SHA-512', `sha256=${digest('sha512').digest('hex')}`, 'HMAC-SHA512 of the same bytes'],
    ['SHA-1', `sha1=${digest('sha1').digest('hex')}`, 'HMAC-SHA1 of the same bytes'],
  ])('a right digest in another form is not blamed on the secret: %s', async (_name, value, told) => {
    const advice = await adviceOn(hub(value));

    expect(advice).toMatch(told);
    expect(advice).not.toContain('compare the secret');
  });

  it('a digest over the body alone is recognised, if the time is signed, too', async () => {
    const request = requestOf(body, { 'stripe-signature': `t=${now},v1=${digest().digest('hex')}` });

    expect(await adviceOn(request, sourceOf('stripe', 'secret'))).toContain('HMAC-SHA256 of the body alone');
  });

  it('a digest of Twilio in hex is recognised', async () => {
    const signature = hmac('token', `${url}SidSM1`, 'sha1').digest('hex');
    const request = requestOf('Sid=SM1', { 'x-twilio-signature': signature });

    expect(await adviceOn(request, sourceOf('twilio', 'token'))).toContain('with this secret, in hex.');
  });

  it('a token behind another word is recognised', async () => {
    const request = requestOf('{}', { authorization: 'Token the-own-token-1' });

    expect(await adviceOn(request, sourceOf('gitlab', 'the-own-token-1'))).toContain(
      'The secret is in authorization',
    );
  });
});

describe('a secret', () => {
  it.each([
    ['in quotes', "'secret'", /without the quotes/],
    ['with a zero-width blank', 'sec\u200bret', /invisible characters/],
    ['with a zero-width blank at its end', 'secret\u2060', /invisible characters/],
    ['with its name', 'GITHUB_WEBHOOK_SECRET=secret', /store the value alone/],
    ['with its name and quotes', 'export WEBHOOK_SECRET="secret"', /store the value alone/],
    ['in JSON', '{"GITHUB_SECRET":"secret"}', /the field GITHUB_SECRET of the JSON/],
    ['with a written line end', 'secret\\n', /characters .* at its end/],
    ['pasted twice', 'secretsecret', /pasted twice/],
  ])('a secret %s is recognised', async (_name, stored, told) => {
    expect(await adviceOn(github(body), sourceOf('github', stored))).toMatch(told);
  });

  it('a secret that matches nothing is described by its form and its place', async () => {
    const advice = await adviceOn(github(body, body, 'quite another'));

    expect(advice).toMatch(
      /character by character\. It is a text .*\(github: yours to choose, in the webhook's/,
    );
  });

  it('a secret that cannot be read is not reported as not set', async () => {
    const { findings } = await look(requestOf(body), sourceOf('standard-webhooks', 'too short'));

    expect(findings.at(-1)?.detail).toContain('which is whsec_ and base64 of at least 24 bytes');
    expect(secretFault('too short', 'standard-webhooks')).toMatch(
      /^holds a value that is not a secret of this provider/,
    );
  });

  it.each(['sha256=zz', '', 'sha256'])(
    'a secret is never blamed for a header that cannot be read: %j',
    async (value) => {
      expect(await adviceOn(hub(value))).not.toContain('compare the secret');
    },
  );

  it('a secret is never blamed for a header of Stripe, or for a body, that cannot be read', async () => {
    const header = await adviceOn(
      requestOf(body, { 'stripe-signature': 'v1=ab' }),
      sourceOf('stripe', 'secret'),
    );
    const inBody = await adviceOn(requestOf('[]'), sourceOf('mailgun', 'secret'));

    expect(header).toContain('stripe writes stripe-signature: t=<time>,v1=<HMAC-SHA256 in hex>');
    expect(inBody).toContain('says nothing about the secret');
  });
});

describe('a body', () => {
  const form = 'url=https%3A%2F%2Fa.test%2F%7Eb&text=a+b%21';
  const json = '{"b":1,"a":{"d":"<Zoë>","c":[]}}';

  it.each([
    [
      'with escapes in lower case',
      form,
      form.replace(/%../g, (text) => text.toLowerCase()),
      /escapes in capitals/,
    ],
    [
      'with other escapes',
      form.replace('%7E', '~'),
      'url=https://a.test/~b&text=a%20b!',
      /with other escapes/,
    ],
    ['decoded', form, 'url=https://a.test/~b&text=a b!', /with other escapes/],
    ['turned into JSON', form, '{"url":"https://a.test/~b","text":"a b!"}', /turned the form into JSON/],
    [
      'a form whose payload was signed',
      '{"a":1}',
      'payload=%7B%22a%22%3A1%7D',
      /the JSON in the field payload/,
    ],
    [
      'with sorted keys',
      '{"z":1,"y":2,"x":{"w":0}}',
      '{"x":{"w":0},"y":2,"z":1}',
      /in another order \(z, y, x\)/,
    ],
    [
      'unsorted',
      '{"a": {"c": [], "d": "x"}, "b": 1}',
      '{"b":1,"a":{"d":"x","c":[]}}',
      /with its keys sorted/,
    ],
    ['of .NET', json.replace('<Zoë>', '\\u003CZo\\u00EB\\u003E'), json, /the escapes of \.NET/],
    [
      'with numbers of many digits',
      '{"n": 12345678901234567890, "f": 1.0}',
      '{"n":12345678901234567890,"f":1.0}',
      /as Python writes it/,
    ],
    ['written twice', json, JSON.stringify(json), /encoded as JSON twice/],
    ['in an envelope', json, JSON.stringify({ version: '2.0', body: json }), /the text in the field body/],
  ])('a changed body (%s) is recognised, and reported once', async (_name, signed, sent, told) => {
    const { likely } = await look(github(signed, sent), sourceOf('github', 'secret'));

    expect(likely).toEqual([expect.stringMatching(told)]);
  });

  it('a missing body is reported', async () => {
    expect(await adviceOn(github(body, '[object Object]'))).toContain(
      'an object was forwarded instead of the body',
    );
    expect(await adviceOn(github(body, ''))).toContain('The body is empty');
  });
});

it('the URL is named before the secret if it is signed', async () => {
  const signature = hmac('key', `${url}?a=1{}`).digest('base64');
  const request = requestOf('{}', { 'x-square-hmacsha256-signature': signature });

  expect(await adviceOn(request, sourceOf('square', 'key'))).toMatch(
    /^\n?The URL is signed, too: compare https:\S+ with .*publicUrl/,
  );
});

it('a missing header is reported with its form', async () => {
  const advice = await adviceOn(requestOf('{}'), sourceOf('postmark', 'user:a-password'));

  expect(advice).toContain('postmark writes authorization: Basic <the secret>');
});

it('a wrong time zone is recognised by the difference', async () => {
  const request = stripeRequest(body, body, 'whsec_1', now - 7200);

  expect(await adviceOn(request, sourceOf('stripe', 'whsec_1'))).toContain(
    '7200 s off, about 2 h, as with a wrong time zone',
  );
});

it('the place of each secret is the one in docs/providers.md', () => {
  const page = readFileSync(new URL('../../../docs/providers.md', import.meta.url), 'utf8').replaceAll(
    '\\|',
    '¦',
  );
  const rows = page.split('\n').filter((line) => /^\| `[a-z0-9-]+` \|(.*\|){10}$/.test(line));
  const places = rows.map((row) => {
    const cells = row.split('|').map((cell) => cell.trim().replaceAll('`', '').replaceAll('¦', '|'));
    return [cells[1], cells[10]];
  });

  expect(secretPlaces).toEqual(Object.fromEntries(places.filter(([, place]) => place !== '–')));
});
