import { createHmac, timingSafeEqual } from 'node:crypto';
import { verify as verifyGithub } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { loadProvider } from '../lambdas/domain/provider/load-provider.ts';
import { parseSecretValue } from '../lambdas/domain/provider/secret.ts';
import { verifyRequest } from '../lambdas/domain/provider/verify-request.ts';
import type { RawRequest } from '../lambdas/domain/raw-request.ts';
import { seconds, toUnixSeconds, unixMillis } from '../lambdas/domain/time.ts';
import { cpuOfEach } from './cpu-time.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const secretBytes = Buffer.from(secret.replace('whsec_', ''), 'base64');
const now = unixMillis(Date.now());
const timestamp = toUnixSeconds(now);
const calls = {
  roots: () => [],
  fetchKey: async () => ({ isThere: false, text: '' }),
  visit: async () => undefined,
};

/**
 * Measures the CPU time of verifying one request, in microseconds: by Hookline, by a bare HMAC, and by the providers' own
 * libraries.
 *
 * Some libraries also parse the body: `stripe` and `standardwebhooks`. Hookline's verification does not.
 *
 * @param bytes the size of the body
 */
export async function measureVerifications(
  bytes: number,
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const text = JSON.stringify({ id: 'evt_1', type: 'charge.updated', text: 'x'.repeat(bytes - 50) });
  const body = Buffer.from(text);
  const mac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content);
  const hex = mac(secret, `${timestamp}.${text}`).digest('hex');
  const expected = Buffer.from(hex, 'hex');
  const standard = `v1,${mac(secretBytes, `msg_1.${timestamp}.${text}`).digest('base64')}`;
  const headers = {
    stripe: { 'stripe-signature': `t=${timestamp},v1=${hex}` },
    github: { 'x-hub-signature-256': `sha256=${mac(secret, text).digest('hex')}` },
    'standard-webhooks': {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': standard,
    },
  };
  const stripe = new Stripe('sk_test_bench');
  const [webhook, svix] = [new StandardWebhook(secret), new SvixWebhook(secret)];
  const own = await Promise.all(
    Object.entries(headers).map(
      async ([name, signed]) => [`Hookline, ${name}`, await ownCheck(name, requestOf(body, signed))] as const,
    ),
  );
  const cases = new Map<string, () => unknown>([
    ['bare HMAC, key as text', () => timingSafeEqual(mac(secret, `${timestamp}.${text}`).digest(), expected)],
    ...own,
    [
      'stripe, `constructEvent`',
      () => stripe.webhooks.constructEvent(body, headers.stripe['stripe-signature'], secret),
    ],
    [
      '@octokit/webhooks-methods, `verify`',
      () => verifyGithub(secret, text, headers.github['x-hub-signature-256']),
    ],
    ['standardwebhooks, `verify`', () => webhook.verify(text, headers['standard-webhooks'])],
    ['svix, `verify`', () => svix.verify(text, headers['standard-webhooks'])],
  ]);
  return cpuOfEach(cases, { rounds, calls: 500 });
}

/** Makes a check by Hookline. @throws when the request does not verify: then its time says nothing */
async function ownCheck(name: string, request: RawRequest): Promise<() => unknown> {
  const provider = await loadProvider({ provider: name });
  const keys = parseSecretValue(secret, provider.secret)?.keys.map(({ key }) => key) ?? [];
  const check = () => verifyRequest(provider, request, keys, { ...calls, now, tolerance: seconds(300) });
  const { ok } = await check();
  if (!ok) throw new Error(`the request of ${name} does not verify`);
  return check;
}

const requestOf = (body: Buffer, headers: Readonly<Record<string, string>>): RawRequest => ({
  method: 'POST',
  url: 'https://example.org/webhooks/bench',
  headers: new Map(Object.entries(headers)),
  body,
  sourceIp: '192.0.2.1',
});
