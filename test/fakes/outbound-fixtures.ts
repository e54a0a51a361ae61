import type { AttemptOutcome } from '../../lambdas/domain/attempt-outcome.ts';
import type { OutboundSettings } from '../../lambdas/domain/outbound-settings.ts';
import { millis, type Seconds, seconds, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** Monday noon, 2026-11-23. */
export const start = unixMillis(Date.UTC(2026, 10, 23, 12));

export const outboundSettings: OutboundSettings = {
  retryDelays: [1, 5, 30, 120, 600].map(seconds),
  connectTimeout: millis(5_000),
  attemptTimeout: millis(30_000),
  lease: seconds(80),
  maxCrashes: 4,
  deliveryRetention: seconds(30 * 86_400),
  retryOtherStatuses: false,
  localEndpoints: false,
  allowedPorts: [443],
  disableAfter: seconds(5 * 86_400),
  maxConcurrent: 10,
  breakAfter: 5,
  userAgent: 'Hookline/0.0.0 (+https://hookline.example)',
  endpointMetrics: false,
};

/** What a team publishes. */
export const message = {
  id: 'inv-42',
  type: 'invoice.paid',
  data: {},
  endpoint: { id: 'acme', url: 'https://acme.example/hooks' },
};

/** A port that is out of order. */
export const down = async (): Promise<never> => {
  throw new Error('down');
};

/** One request that an endpoint got. */
export interface Request {
  readonly at: UnixMillis;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const accepted: AttemptOutcome = { kind: 'accepted', status: 200 };
export const refused = (status: number, retryAfter?: Seconds): AttemptOutcome => ({
  kind: 'refused',
  status,
  retryAfter,
});
