import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { verify as verifyGithub } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { expect, test, vi } from 'vitest';
import { signers } from '../../local/demo/signed-requests.ts';
import { isRandomVersion, randomSecret, seedSecrets } from '../../local/secrets.ts';

test("secrets have their provider's own format, and are different each time", () => {
  expect(randomSecret('stripe')).toMatch(/^whsec_[0-9a-f]{32}$/);
  expect(randomSecret('shopify')).toMatch(/^shpss_[0-9a-f]{32}$/);
  expect(randomSecret('github')).toMatch(/^[0-9a-f]{64}$/);
  expect(() => new Webhook(String(randomSecret('standard-webhooks')))).not.toThrow();
  expect(randomSecret('hmac')).not.toBe(randomSecret('hmac'));
});

test('the value of a start is recognised by its version only', async () => {
  const puts: object[] = [];
  const send = vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command) => {
    if (command instanceof PutSecretValueCommand) puts.push(command.input);
    return {};
  });
  await seedSecrets(
    { url: 'http://127.0.0.1:1' },
    { stripe: { url: 'u', secretArn: 'a', provider: 'stripe' } },
  );
  send.mockRestore();

  expect(puts).toEqual([
    {
      SecretId: 'a',
      SecretString: expect.any(String),
      ClientRequestToken: expect.toSatisfy((id: string) => isRandomVersion(id) && id.length <= 64),
    },
  ]);
  expect([undefined, '', crypto.randomUUID()].map(isRandomVersion)).toEqual([false, false, false]);
});

test.each(['asana', 'notion', 'sns', 'discord', 'plaid', 'ebay', 'strava', 'telnyx'])(
  'a secret that only %s can make is left unset',
  (provider) => {
    expect(randomSecret(provider)).toBeUndefined();
  },
);

test("the demo's Stripe event verifies with Stripe's own library", () => {
  const secret = String(randomSecret('stripe'));
  const now = Math.floor(Date.now() / 1000);
  const request = signers['stripe']!(secret, now);

  const event = new Stripe('sk_test').webhooks.constructEvent(
    request.body,
    request.headers['stripe-signature']!,
    secret,
  );

  expect(event).toMatchObject({ id: request.id, type: 'payment_intent.succeeded' });
});

test("the demo's GitHub event verifies with GitHub's own library", async () => {
  const request = signers['github']!('secret', 0);

  expect(await verifyGithub('secret', request.body, request.headers['x-hub-signature-256']!)).toBe(true);
  expect(await verifyGithub('other', request.body, request.headers['x-hub-signature-256']!)).toBe(false);
});
