import { createHmac } from 'node:crypto';
import { diagnose, type OtherSecret } from '../../../cli/explain/diagnose.ts';
import type { ExplainedSource } from '../../../cli/explain/judge.ts';
import { type ProviderName, providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../../lambdas/domain/source.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { requestOf } from '../worlds/inbound-receiver.ts';
import { sourceSettings } from '../worlds/inbound-world.ts';

export const now = 1_795_000_000;
export const at = unixMillis(now * 1000);
export const url = 'https://hooks.example.test/webhooks/source';
export const hmac = (key: string | Buffer, text: string, hash = 'sha256') =>
  createHmac(hash, key).update(text);

export const sourceOf = (
  slug: ProviderName,
  secret: string,
  changes: Partial<SourceSettings> = {},
  more: Partial<ExplainedSource> = {},
): ExplainedSource => {
  const provider = providerOf({ name: slug, provider: slug, ...changes });
  const tolerance = seconds(provider.tolerance ?? 300);
  return {
    settings: sourceSettings({ name: slug, provider: slug, tolerance, maxBodyBytes: 1000, ...changes }),
    provider,
    current: { value: secret, createdAt: unixMillis(0) },
    urls: [url],
    ...more,
  };
};
export const calls = {
  roots: () => [],
  fetchKey: async () => ({ isThere: false, text: '' }),
  visit: async () => undefined,
};
export const look = (request: RawRequest, source: ExplainedSource, others: readonly OtherSecret[] = []) =>
  diagnose(request, source, at, calls, async () => others);

export const stripeRequest = (signed: string, sent = signed, key = 'whsec_1', time = now) =>
  requestOf(sent, { 'stripe-signature': `t=${time},v1=${hmac(key, `${time}.${signed}`).digest('hex')}` });
export const github = (signed: string, sent = signed, key = 'secret') =>
  requestOf(sent, { 'x-hub-signature-256': `sha256=${hmac(key, signed).digest('hex')}` });
