import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requestToSend, type SendOptions } from '../../../cli/send/send-request.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { rawRequestOf } from '../../../testing/signing/draft.ts';
import { memoryReceiver } from '../../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const url = 'https://hooks.example.test/webhooks/source';
const folder = mkdtempSync(join(tmpdir(), 'hookline-send-'));
afterAll(() => rmSync(folder, { recursive: true }));

const noJson = join(folder, 'no.json');
writeFileSync(noJson, 'a=1');

async function receptionOf(slug: string, secret: string, options: SendOptions) {
  const provider = providerOf({ name: 'source', provider: slug });
  const sender = { slug, provider, secret, remedy: 'secrets set', tolerance: provider.tolerance ?? 300 };
  const request = requestToSend(sender, url, options, unixMillis(now * 1000));
  const receiver = memoryReceiver(
    { provider: slug },
    { current: { value: secret, createdAt: unixMillis(0) } },
  );
  return { request, reception: await receiver.receive(rawRequestOf(request), now) };
}

describe('hookline send', () => {
  it('hookline send sends the bytes of a file unchanged', async () => {
    const bytes = Buffer.from('{ "type": "a",\r\n "n": 1.0, "id":"evt_1" }\n');
    writeFileSync(join(folder, 'body.json'), bytes);
    const { request, reception } = await receptionOf('stripe', 'whsec_1', {
      body: join(folder, 'body.json'),
    });

    expect(Buffer.from(request.body).equals(bytes)).toBe(true);
    expect(reception).toMatchObject({ kind: 'accepted', events: [{ id: 'evt_1', type: 'a' }] });
  });

  it.each([
    ['github', 'secret'],
    ['stripe', 'whsec_1'],
    ['mailgun', 'key'],
    ['adyen', 'ab'.repeat(32)],
    ['braintree', 'public:private'],
    ['msgraph', 'state'],
    ['postmark', 'user:password'],
    ['monday', 'secret'],
  ])('a request that was tampered with is refused by %s', async (slug, secret) => {
    const { reception } = await receptionOf(slug, secret, { tamper: true });

    expect(reception).toMatchObject({ status: 401, error: 'invalid_signature' });
  });

  it.each([
    ['stripe', 'whsec_1'],
    ['zendesk', 'secret'],
    ['linear', 'secret'],
    ['mailgun', 'key'],
    ['contentful', 'a'.repeat(64)],
    ['twitch', 'secret'],
    ['monday', 'secret'],
  ])('a stale request is refused by %s', async (slug, secret) => {
    const { reception } = await receptionOf(slug, secret, { stale: true });

    expect(reception).toMatchObject({ status: 401, error: 'invalid_timestamp' });
  });

  it('a request that was tampered with is refused by a sender’s own token header', async () => {
    const settings = { name: 'source', provider: 'token', token: { header: 'x-my-key', prefix: '' } };
    const sender = {
      slug: 'token',
      provider: providerOf(settings),
      secret: 'the-token',
      tolerance: 300,
      remedy: 'secrets set',
    };
    const request = requestToSend(sender, url, { tamper: true }, unixMillis(now * 1000));
    const stored = { current: { value: 'the-token', createdAt: unixMillis(0) } };

    expect(await memoryReceiver(settings, stored).receive(rawRequestOf(request), now)).toMatchObject({
      status: 401,
      reason: 'mismatch',
    });
  });

  it.each([
    ['stripe', 'whsec_1', 'invoice.paid'],
    ['github', 'secret', 'issues'],
    ['shopify', 'secret', 'orders/paid'],
    ['asana', 'c'.repeat(64), 'project.removed'],
    ['linear', 'secret', 'Comment.remove'],
    ['sentry', 'secret', 'error.created'],
    ['twilio', 'token', 'delivered'],
    ['okta', 'secret', 'user.session.start'],
    ['adyen', 'ab'.repeat(32), 'REFUND'],
    ['hubspot', 'secret', 'deal.creation'],
    ['monday', 'secret', 'create_item'],
  ])('a sample of %s has the requested type', async (slug, secret, type) => {
    const { reception } = await receptionOf(slug, secret, { type });

    expect(reception).toMatchObject({ kind: 'accepted', events: [{ type }] });
  });

  it('hookline send signs a captured body again, even if it contains a signature', async () => {
    const captured = {
      signature: { timestamp: '1', token: 'old', signature: 'old' },
      'event-data': { event: 'opened', id: '1' },
    };
    writeFileSync(join(folder, 'captured.json'), JSON.stringify(captured));
    const { reception } = await receptionOf('mailgun', 'key', { body: join(folder, 'captured.json') });

    expect(reception).toMatchObject({ kind: 'accepted', events: [{ type: 'opened' }] });
  });

  it('hookline send puts the type into a header, beside the bytes of a file', async () => {
    const bytes = Buffer.from('{ "zen": 1 }\n');
    writeFileSync(join(folder, 'ping.json'), bytes);
    const { request, reception } = await receptionOf('github', 'secret', {
      type: 'ping',
      body: join(folder, 'ping.json'),
    });

    expect(Buffer.from(request.body).equals(bytes)).toBe(true);
    expect(reception).toMatchObject({ kind: 'accepted', events: [{ type: 'ping' }] });
  });

  it.each([
    ['mailgun', 'key', { body: noJson }, 'The signature is part of the body, which must be JSON'],
    ['dropbox', 'secret', { type: 'another' }, 'The type cannot be set in the sample of dropbox'],
    ['stripe', 'whsec_1', { type: 'a', body: 'b.json' }, 'The type of stripe is in the body'],
    ['github', 'secret', { stale: true }, 'github does not sign a timestamp'],
    ['stripe', 'unset', {}, 'holds a placeholder, not a secret'],
    ['plaid', 'unset', {}, 'Only Plaid can sign its webhooks'],
    ['stripe', 'whsec_1', { body: '/nowhere/body.json' }, '/nowhere/body.json cannot be read'],
    ['discord', 'ab'.repeat(32), {}, 'pass the private key (--private-key FILE'],
  ])('hookline send explains the error: %s %s %o', async (slug, secret, options, message) => {
    await expect(receptionOf(slug, secret, options)).rejects.toThrow(message);
  });
});
