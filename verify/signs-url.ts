import type { Provider } from '../lambdas/domain/provider/provider.ts';

/** Providers whose own check reads the URL. */
const byOwnCheck: ReadonlySet<string> = new Set(['contentful', 'mandrill', 'monday', 'twilio']);

/** Whether a provider signs the URL of its requests. */
export function signsUrl(name: string, { signature, otherSignatures = [] }: Provider): boolean {
  if (typeof signature === 'function') return byOwnCheck.has(name);
  return [signature, ...otherSignatures].some(({ signed }) => signed.includes('{url}'));
}
