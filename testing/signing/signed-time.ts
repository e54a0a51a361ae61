import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { schemeOf } from './sign-request.ts';

/** Providers whose own signers sign a timestamp. */
const timed: ReadonlySet<string> = new Set(['box', 'contentful', 'mailgun', 'monday', 'paypal', 'plaid']);

/** Whether a provider signs when it sent a request, so that an old one is refused. @param key the key that signs */
export function signsTime(slug: string, provider: Provider, key: VerificationKey): boolean {
  if (provider.bodyTimestamp !== undefined) return true;
  if (typeof provider.signature === 'function') return timed.has(slug);
  return schemeOf(provider, key)?.signed.includes('{timestamp}') === true;
}

/** The time one minute outside the tolerance, in seconds. */
export const beyond = (tolerance: number, now: UnixMillis): UnixMillis =>
  unixMillis(now - (tolerance + 60) * 1000);
