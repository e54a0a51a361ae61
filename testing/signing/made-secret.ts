import { ownOf } from '../../lambdas/domain/own-property.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';

/**
 * Makes a secret as this provider's dashboard would show it.
 *
 * @param digits 64 digits of hex, which the secret is made of
 * @returns undefined when only the provider can make one: a public key, a topic, the secret of a handshake
 */
export function madeSecret(provider: string, digits: string): string | undefined {
  const row = ownOf(rows, provider);
  if (row?.handshake?.secretFromHandshake !== undefined) return undefined;
  const look = ownOf(looks, provider);
  const base64 = Buffer.from(digits, 'hex').toString('base64');
  const candidates = [...(look ? [look(digits)] : []), digits, `whsec_${base64}`, base64, `user:${digits}`];
  return candidates.find((candidate) => canSign(candidate, row?.secret ?? 'text'));
}

const rows: Readonly<Record<string, Provider>> = catalogue;

/** The familiar forms of some secrets. */
const looks: Readonly<Record<string, (digits: string) => string>> = {
  stripe: (digits) => `whsec_${digits.slice(0, 32)}`,
  shopify: (digits) => `shpss_${digits.slice(0, 32)}`,
  supabase: (digits) => `v1,whsec_${Buffer.from(digits, 'hex').toString('base64')}`,
  'standard-webhooks': (digits) => `whsec_${Buffer.from(digits, 'hex').toString('base64')}`,
};

function canSign(value: string, format: SecretFormat): boolean {
  const [dated] = parseSecretValue(value, format)?.keys ?? [];
  const kind = dated?.key.kind;
  return kind === 'hmac' || kind === 'token' || (kind === 'fields' && value.startsWith('user:'));
}
