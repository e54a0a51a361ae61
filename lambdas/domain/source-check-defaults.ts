import { seconds } from './time.ts';

/** What the checks of a source's requests use unless its settings say otherwise. */
export const sourceCheckDefaults = {
  /** The default of Stripe's and Standard Webhooks' own libraries. */
  tolerance: seconds(300),
  /** A day: the provider may go on with its old key while people and caches catch up. */
  rotationOverlap: seconds(86_400),
  /** The most that always fits into Lambda's 6 MB event: base64 adds a third, and JSON escaping up to as much. */
  maxBodyBytes: 4 * 1024 * 1024,
} as const;
