import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../cli/explain/diagnose.ts';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import {
  at,
  calls,
  github,
  hmac,
  look,
  now,
  sourceOf,
  stripeRequest,
  url,
} from '../../support/cli/explain.ts';
import { requestOf } from '../../support/worlds/inbound-receiver.ts';

describe('the usual mistakes are recognised:', () => {
  const pretty = '{\n  "id": "1",\n  "name": "Zoë",\n  "path": "a/b"\n}';
  const compact = JSON.stringify(JSON.parse(pretty));
  const python = '{"id": "1", "name": "Zoë", "path": "a/b"}';
  const phpSlashes = '{"id":"1","name":"Zo\\u00eb","path":"a\\/b"}';
  const php = compact.replace('ë', '\\u00eb');

  it.each([
    [
      'a body written again compactly',
      pretty,
      compact,
      /indented by two spaces: something parsed and rewrote it/,
    ],
    ['a body written again with blanks', compact, pretty, /compact JSON: something parsed and rewrote it/],
    ['a body written again by Node for one of Python', python, compact, /as Python writes it: something/],
    [
      'a body of PHP',
      phpSlashes,
      compact,
      /for what is not ASCII and for slashes: something parsed and rewrote it/,
    ],
    [
      'a body with a line end that was parsed',
      `${pretty}\n`,
      compact,
      /indented by two spaces and a line end/,
    ],
    ['a body read as Latin-1', compact, Buffer.from(compact).toString('latin1'), /read it as Latin-1/],
    ['escapes that became characters', php, compact, /escapes for what is not ASCII/],
    ['a trimmed line end', `${compact}\n`, compact, /with a line end after the body, which was trimmed/],
    ['an added line end', compact, `${compact}\n`, /without the white space around the body/],
    ['changed line ends', pretty.replaceAll('\n', '\r\n'), pretty, /with CR LF for each LF/],
    ['a body in base64', compact, Buffer.from(compact).toString('base64'), /decoded from base64/],
  ])('explain recognises %s', async (_name, signed, sent, message) => {
    for (const found of [
      await look(stripeRequest(signed, sent), sourceOf('stripe', 'whsec_1')),
      await look(github(signed, sent), sourceOf('github', 'secret')),
    ]) {
      expect(found.verifies).toBe(false);
      expect(found.likely.join('\n')).toMatch(message);
    }
  });

  it('explain recognises the secret of another source of the same provider', async () => {
    const others = [{ source: 'stripe-test', provider: catalogue.stripe, value: 'whsec_test' }];
    const found = await look(stripeRequest('{}', '{}', 'whsec_test'), sourceOf('stripe', 'whsec_1'), others);

    expect(found.likely).toEqual([
      'It verifies with the secret of stripe-test: the secrets were swapped, or the request is from that webhook (another account, test mode).',
    ]);
  });

  it('explain recognises a request for another source', async () => {
    const others = [{ source: 'github', provider: catalogue.github, value: 'secret' }];
    const found = await look(github('{}'), sourceOf('stripe', 'whsec_1'), others);

    expect(found.likely.join()).toContain('It is a request for github: it was sent to the wrong URL.');
  });

  it.each([
    ['old', now - 301, /more than 300 s ago/],
    ['ahead', now + 301, /more than 300 s ahead/],
  ])('explain recognises a time that is too %s', async (_name, time, message) => {
    const found = await look(stripeRequest('{}', '{}', 'whsec_1', time), sourceOf('stripe', 'whsec_1'));

    expect(found.findings.at(-1)).toMatchObject({ check: 'time', ok: false });
    expect(found.likely.join()).toMatch(message);
  });

  it('explain recognises a secret that should have been decoded, and one that should not', async () => {
    const key = Buffer.alloc(32, 7);
    const secret = `whsec_${key.toString('base64')}`;
    const standard = (signedWith: string | Buffer) =>
      requestOf('{}', {
        'webhook-id': 'm',
        'webhook-timestamp': String(now),
        'webhook-signature': `v1,${hmac(signedWith, `m.${now}.{}`).digest('base64')}`,
      });

    expect((await look(standard(secret), sourceOf('standard-webhooks', secret))).likely.join()).toContain(
      'It verifies with the secret as it is, without decoding it.',
    );
    expect((await look(github('{}', '{}', 'ab'), sourceOf('github', 'secret_ab'))).likely.join()).toContain(
      'It verifies with the secret without its prefix.',
    );
  });

  it('explain recognises another URL than was signed', async () => {
    const square = (signed: string) =>
      requestOf('{}', { 'x-square-hmacsha256-signature': hmac('key', `${signed}{}`).digest('base64') });
    const urls = [url, 'https://abc.execute-api.eu-central-1.amazonaws.com/webhooks/square'];
    const source = sourceOf('square', 'key', {}, { urls });

    expect((await look(square(`${url}/`), source)).likely.join()).toContain(
      'with a slash at the end of the URL',
    );
    expect((await look(square(source.urls[1] ?? ''), source)).likely.join()).toContain(
      'for the URL https://abc.execute-api',
    );
  });

  it('explain recognises only the legacy header', async () => {
    const old = requestOf('{}', { 'x-hub-signature': `sha1=${hmac('secret', '{}', 'sha1').digest('hex')}` });

    expect((await look(old, sourceOf('github', 'secret'))).likely.join()).toContain(
      'Only x-hub-signature is there: SHA-1',
    );
  });

  it('explain recognises no signature at all, and one in another header', async () => {
    expect((await look(requestOf('{}'), sourceOf('github', 'secret'))).likely.join()).toContain(
      'enable signing at github',
    );
    expect(
      (await look(requestOf('{}', { 'x-acme-signature': 'a' }), sourceOf('github', 'secret'))).likely.join(),
    ).toContain('x-acme-signature looks like a signature');
  });

  it('explain recognises the previous secret, after its overlap', async () => {
    const rotated = (createdAt: number) =>
      sourceOf(
        'github',
        'new',
        {},
        {
          current: { value: 'new', createdAt: unixMillis(createdAt * 1000) },
          previous: { value: 'secret', createdAt: unixMillis(0) },
        },
      );

    expect(await look(github('{}'), rotated(now - 90_000))).toMatchObject({
      verifies: false,
      likely: [expect.stringContaining('It verifies with the previous secret, which is no longer valid')],
    });
    expect((await look(github('{}'), rotated(now - 80_000))).findings).toContainEqual({
      check: 'secret',
      ok: true,
      detail: '2 keys',
    });
  });

  it('explain recognises two versions of a secret that hold one value are computed once', async () => {
    const version = { value: 'other', createdAt: unixMillis(now * 1000) };
    const twice = sourceOf('github', 'other', {}, { current: version, previous: version });
    const found = await look(github('{}'), twice);

    expect(JSON.stringify(found.findings).match(/computed /g)).toHaveLength(1);
  });

  it('explain recognises a signed body that is not an event', async () => {
    const ping = await look(stripeRequest('{"id":"1"}'), sourceOf('stripe', 'whsec_1'));
    const form = await look(stripeRequest('id=1'), sourceOf('stripe', 'whsec_1'));

    expect(ping.findings.at(-1)).toEqual({ check: 'body', ok: false, detail: 'no-event-type' });
    expect(ping.likely.join()).toContain('the event type is missing from its usual place');
    expect(ping.likely.join()).not.toContain('typeHeader');
    expect(form).toMatchObject({
      verifies: false,
      likely: [expect.stringContaining('set the webhook to JSON')],
    });
  });

  it('explain recognises a secret that the provider brings itself', async () => {
    const source = sourceOf('asana', 'unset');

    expect((await look(requestOf('{}'), source)).likely.join()).toContain(
      'npx hookline secrets await asana, then',
    );
    expect(
      (await look(requestOf('{}', { 'x-hook-secret': 'c'.repeat(64) }), source)).likely.join(),
    ).toContain('This request brings the secret, but outside the handshake window');
  });

  it('explain recognises a form that was rewritten', async () => {
    const signed = 'text=a%20b&id=1';
    const source = sourceOf('slack', 'key');
    const request = requestOf(signed.replaceAll('%20', '+'), {
      'x-slack-request-timestamp': String(now),
      'x-slack-signature': `v0=${hmac('key', `v0:${now}:${signed}`).digest('hex')}`,
    });

    expect((await look(request, source)).likely.join()).toContain('with %20 for each + in the form');
  });

  it('explain recognises a key server that does not respond', async () => {
    const unanswered = { ...calls, fetchKey: async () => Promise.reject(new Error('no route')) };
    const secret = '{"clientId":"a","secret":"b","environment":"sandbox"}';
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'ES256', kid: 'bfbd5111-8e33-4643-8ced-b2e642a72f3c', typ: 'JWT' })}.${part({ iat: now })}.${'A'.repeat(86)}`;
    const request = requestOf('{}', { 'plaid-verification': token });
    const found = await diagnose(request, sourceOf('plaid', secret), at, unanswered, async () => []);

    expect(found.findings.at(-1)).toMatchObject({ check: 'keys', ok: false });
    expect(found.findings.at(-1)?.detail).toContain('no route');
  });

  it('explain recognises a secret that was never stored', async () => {
    expect((await look(github('{}'), sourceOf('github', 'unset'))).likely).toEqual([
      expect.stringMatching(
        /^Store the secret: npx hookline secrets set github\. It is a text .*yours to choose/,
      ),
    ]);
  });
});
