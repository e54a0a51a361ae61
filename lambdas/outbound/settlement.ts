import type { Seconds } from '../domain/time.ts';

/** What to tell the queue about a message. */
export type Settlement =
  | { readonly kind: 'acknowledge' }
  /** It comes back after `after`. */
  | { readonly kind: 'fail'; readonly after: Seconds };

export const acknowledge: Settlement = { kind: 'acknowledge' };
