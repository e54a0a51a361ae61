import type { HmacSettings } from '../../../lambdas/domain/source.ts';

/** The least that a source says. */
export const stripe = { provider: 'stripe' } as const;

/** The least that a sender of `provider: 'hmac'` says. */
export const hmac: HmacSettings = {
  signatureHeader: 'x-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
};
