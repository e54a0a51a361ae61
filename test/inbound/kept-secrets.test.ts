import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { holds, secretTexts } from '../../lambdas/domain/redacted-request.ts';
import { refusalRecord } from '../../lambdas/domain/refusal-record.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { requestOfVector, vectorFiles } from '../support/fixtures/vectors.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';
import { sourceSettings } from '../support/worlds/inbound-world.ts';

const refusal = { status: 401, error: 'invalid_signature', reason: 'mismatch' };
const recordOf = (provider: Provider, request: RawRequest, secrets: readonly string[], whole = true) =>
  refusalRecord({
    source: 'a',
    provider,
    request,
    refusal,
    correlationId: 'c',
    at: unixMillis(0),
    whole,
    secrets,
  });

/** Everything that can be read in a record, with its body decoded. */
function readable(record: ReturnType<typeof recordOf>): string {
  const body = Buffer.from(record.request?.bodyBase64 ?? '', 'base64').toString('utf8');
  return `${JSON.stringify({ ...record, bodySha256: '' })}\n${body}`;
}

/** Each vector's provider with the texts of its secret, where they are long enough to be told from others. */
const cases = vectorFiles.flatMap(([name, file]) =>
  file.vectors.flatMap((vector) => {
    const settings = sourceSettings({ name: 'a', ...file.source, ...vector.settings });
    const provider = providerOf(settings);
    const keys = parseSecretValue(vector.secret, provider.secret)?.keys.map(({ key }) => key) ?? [];
    // A topic and a webhook's id are no secrets: they stand in each request.
    const isSecret = !['sns', 'paypal'].includes(name);
    const texts = isSecret ? secretTexts(keys).filter(({ length }) => length >= 8) : [];
    return texts.length > 0 ? [{ name, provider, request: requestOfVector(vector), texts }] : [];
  }),
);
const providers = new Map(cases.map((found) => [found.name, found]));

describe.each([...providers.values()])('a record of $name', ({ name, provider, texts }) => {
  const own = cases.filter((found) => found.name === name);

  it('a record has no secret of the provider’s vectors', () => {
    const kept = own.filter(({ request, texts: secrets }) =>
      holds(readable(recordOf(provider, request, secrets)), secrets),
    );

    expect(kept).toEqual([]);
  });

  it('a record has no secret, wherever in a request it is', () => {
    const [request] = own.map((found) => found.request);
    if (request === undefined) throw new Error('there is no vector');
    const place = fc.constantFrom('header', 'query', 'name', 'bare', 'json', 'form', 'text', 'after');
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.subarray(['a', 'b']),
        place,
        fc.boolean(),
        (secret, more, where, whole) => {
          const query = new URLSearchParams({
            ...Object.fromEntries(more.map((part) => [part, part])),
            x: secret,
          });
          const bodies: Readonly<Record<string, string>> = {
            json: JSON.stringify({ note: [{ text: secret }] }),
            form: new URLSearchParams({ note: secret }).toString(),
            text: `so ${secret} it is`,
            after: `{"a":"${secret}`,
          };
          const changed: RawRequest = {
            ...request,
            headers: new Map([...request.headers, ['x-note', where === 'header' ? `a ${secret}` : 'a']]),
            url:
              where === 'query'
                ? `${request.url}?${query}`
                : where === 'bare'
                  ? `${request.url}?${encodeURIComponent(secret)}`
                  : request.url,
            body: Buffer.from(bodies[where] ?? '{}'),
          };
          expect(holds(readable(recordOf(provider, changed, texts, whole)), texts)).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it.each([
  ['supabase', 'v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|v1,whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
  ['polar', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
] as const)('no key of a secret of %s is in a record', (name, value) => {
  const format = providerOf(sourceSettings({ provider: name })).secret;
  const texts = secretTexts(parseSecretValue(value, format)?.keys.map(({ key }) => key) ?? []);
  const written = value.split('|').map((part) => part.replace(/^v1,whsec_|^whsec_/, ''));

  expect(written.filter((text) => !texts.includes(text))).toEqual([]);
  expect(name === 'polar' && !texts.includes(value)).toBe(false);
});

describe('a foreign secret that a provider or a proxy sends', () => {
  const secret = 'S3cr3tOfSomebody0123456789';
  const rows = [
    'asana',
    'notion',
    'msgraph',
    'slack',
    'okta',
    'postmark',
    'meta',
    'monday',
    'mailgun',
    'gitlab',
    'stripe',
    'telegram',
  ] as const;
  const requests: readonly (readonly [string, RawRequest])[] = [
    ['a handshake of Asana', requestOf('{}', { 'x-hook-secret': secret })],
    ['one with a signature, too', requestOf('{}', { 'x-hook-secret': secret, 'x-hook-signature': 'ab' })],
    ['a handshake of Notion', requestOf(JSON.stringify({ verification_token: `secret_${secret}` }))],
    ['one of another shape', requestOf(JSON.stringify({ verification_token: { value: secret } }))],
    ['a client state', requestOf(JSON.stringify({ value: [{ clientState: secret }] }))],
    ['a legacy token of Slack', requestOf(JSON.stringify({ token: secret, type: 'event_callback' }))],
    [
      'a legacy token in a form',
      requestOf(`command=a&token=${secret}`, { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    [
      'a password in parts of a form',
      requestOf(`--a\r\ncontent-disposition: form-data; name="password"\r\n\r\n${secret}\r\n--a--`),
    ],
    ['a client secret', requestOf(JSON.stringify({ data: { client_secret: secret } }))],
    ['an API key', requestOf(JSON.stringify({ config: { apiKey: secret } }))],
    [
      'a user and a password',
      requestOf('{}', { authorization: `Basic ${Buffer.from(`u:${secret}`).toString('base64')}` }),
    ],
    [
      'a token in a header',
      requestOf('{}', { authorization: `Bearer ${secret}`, 'x-gitlab-token': secret, cookie: secret }),
    ],
    ['a token of Telegram', requestOf('{}', { 'x-telegram-bot-api-secret-token': secret })],
    [
      'a URL that a proxy saw',
      requestOf('{}', {
        'x-original-uri': `/a?hub.verify_token=${secret}`,
        referer: `https://a/?t=${secret}`,
      }),
    ],
    [
      'a verify token',
      { ...requestOf(''), url: `https://a.test/webhooks/a?hub.mode=subscribe&hub.verify_token=${secret}` },
    ],
    ['a token in the URL', { ...requestOf('{}'), url: `https://a.test/webhooks/a?key=${secret}` }],
    ['a query that is a token', { ...requestOf('{}'), url: `https://a.test/webhooks/a?${secret}` }],
  ];

  it.each(rows)('a foreign secret is in no record of %s', (name) => {
    const provider = providerOf({ name: 'a', provider: name });
    const kept = requests.filter(([, request]) =>
      [true, false].some((whole) => {
        const text = readable(recordOf(provider, request, [], whole));
        return text.includes(secret) || text.includes(Buffer.from(`u:${secret}`).toString('base64'));
      }),
    );

    expect(kept).toEqual([]);
  });

  it('a record says which values were left out, and keeps their names', () => {
    const provider = providerOf({ name: 'a', provider: 'slack' });
    const url = `https://a.test/webhooks/a?team=T1&token=${secret}`;
    const record = recordOf(provider, { ...requestOf(JSON.stringify({ token: secret })), url }, []);

    expect(record.queryNames).toEqual(['team', 'token']);
    expect(record.request).toEqual({
      url: 'https://a.test/webhooks/a?team=***&token=***',
      headers: {},
      bodyBase64: undefined,
      leftOut: ['values of the query', 'body: may carry a secret'],
    });
  });
});

it('the records of all providers with a shared secret are checked', () => {
  expect(providers.size).toBeGreaterThan(50);
});
