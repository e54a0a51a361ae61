import type { SourceSettings } from '../source.ts';
import { hmacProvider } from './hmac.ts';
import type { Provider } from './provider.ts';
import { codeProviders } from './rows/code.ts';
import { messagingProviders } from './rows/messaging.ts';
import { officeProviders } from './rows/office.ts';
import { paymentProviders } from './rows/payments.ts';
import { platformProviders } from './rows/platforms.ts';
import { hmacSha256Base64, hmacSha256Hex } from './rows/words.ts';

/** The providers with a wire format of their own; `hmac` is made from a source's settings. */
export const catalogue = {
  /** @see https://docs.stripe.com/webhooks/signature */
  stripe: {
    secret: 'text',
    signature: {
      header: 'stripe-signature',
      format: { kind: 'fields', separator: ',', timestampField: 't' },
      // v0 is a fake scheme of test mode.
      versions: { v1: hmacSha256Hex },
      signed: '{timestamp}.{body}',
    },
    body: 'json',
    id: { from: 'body', paths: ['id'] },
    type: { from: 'body', paths: ['type'] },
    attributes: { account: { from: 'body', paths: ['account'] } },
    forward: [],
  },

  /** @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
  github: {
    secret: 'text',
    signature: {
      header: 'x-hub-signature-256',
      format: { kind: 'single', prefix: 'sha256=' },
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json-or-form',
    // Not under the signature: a source that fears replays under new ids sets `eventId: 'body'`.
    id: { from: 'header', name: 'x-github-delivery' },
    type: { from: 'header', name: 'x-github-event' },
    attributes: { repository: { from: 'body', paths: ['repository.full_name'] } },
    forward: [
      'x-github-delivery',
      'x-github-event',
      'x-github-hook-id',
      'x-github-hook-installation-target-id',
      'x-github-hook-installation-target-type',
    ],
  },

  /** @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
  shopify: {
    secret: 'text',
    signature: {
      // The second family is that of Shopify's newer "Events".
      families: ['x-shopify-', 'shopify-'],
      header: '*hmac-sha256',
      format: { kind: 'single', prefix: '' },
      versions: { only: hmacSha256Base64 },
      signed: '{body}',
    },
    body: 'json',
    // Not under the signature, as with GitHub.
    id: { from: 'header', name: '*webhook-id' },
    type: { from: 'header', name: '*topic' },
    attributes: { shopDomain: { from: 'header', name: '*shop-domain' } },
    forward: [
      '*webhook-id',
      '*topic',
      '*shop-domain',
      '*api-version',
      '*triggered-at',
      '*event-id',
      '*sub-topic',
      '*name',
      '*handle',
      '*action',
    ],
  },

  /** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
  'standard-webhooks': {
    secret: 'standard-webhooks',
    signature: {
      families: ['webhook-', 'svix-'],
      header: '*signature',
      format: { kind: 'list' },
      versions: { v1: hmacSha256Base64, v1a: { key: 'ed25519', encoding: 'base64' } },
      signed: '{id}.{timestamp}.{body}',
      idHeader: '*id',
      timestampHeader: '*timestamp',
    },
    body: 'json',
    id: { from: 'header', name: '*id' },
    type: { from: 'body', paths: ['type', 'eventType'] },
    // Not every sender of the family names a type.
    typeWhenAbsent: 'unknown',
    attributes: {},
    forward: ['*id', '*timestamp'],
  },

  ...codeProviders,
  ...messagingProviders,
  ...officeProviders,
  ...paymentProviders,
  ...platformProviders,
} as const satisfies Readonly<Record<string, Provider>>;

/** What a source's `provider` may be. */
export type ProviderName = keyof typeof catalogue | 'hmac';

const hasRow = (name: string): name is keyof typeof catalogue => Object.hasOwn(catalogue, name);

/** A source names a provider that is not in the catalogue, or lacks what its provider needs. */
class UnknownProviderError extends Error {
  override name = 'UnknownProviderError' as const;
}

/**
 * The row of a source's provider.
 *
 * @throws UnknownProviderError when there is none
 */
export function providerOf(source: Pick<SourceSettings, 'name' | 'provider' | 'hmac'>): Provider {
  if (source.provider === 'hmac' && source.hmac) return hmacProvider(source.hmac);
  if (hasRow(source.provider)) return catalogue[source.provider];
  const known = [...Object.keys(catalogue), 'hmac (with its `hmac` settings)'].join(', ');
  throw new UnknownProviderError(
    `source ${source.name} has provider '${source.provider}'; choose one of ${known}`,
  );
}
