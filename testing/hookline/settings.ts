import type { OutboundSettings } from '../../lambdas/domain/outbound-settings.ts';
import type { ProviderName } from '../../lambdas/domain/provider/catalogue.ts';
import type { GenericSettings } from '../../lambdas/domain/provider/generic.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { sourceCheckDefaults } from '../../lambdas/domain/source-check-defaults.ts';
import { days, millis, seconds } from '../../lambdas/domain/time.ts';

/** A source of `testHookline`, with the settings that a deployed one has. */
export interface TestSource extends Partial<Omit<GenericSettings, 'provider'>> {
  readonly provider: ProviderName;
  /** @default the provider's test secret, with which `signed` signs */
  readonly secret?: string;
  /** What makes a redelivery a duplicate: `docs/sources.md`. @default 'provider' */
  readonly eventId?: SourceSettings['eventId'];
  /** Seconds that the signed time may differ from now. @default the provider's, else 300 */
  readonly tolerance?: number;
  /** Seconds before the handler's attempt 2, 3, …. @default 5 s, 30 s, 2 min, 10 min, 30 min, 2 h */
  readonly handlerRetryDelays?: readonly number[];
  /** The URL that the provider knows and signs. @default the request's */
  readonly publicUrl?: string;
}

/** The complete settings of a source, with the defaults of a deployed one. */
export const sourceSettingsOf = (name: string, source: TestSource, provider: Provider): SourceSettings => ({
  name,
  provider: source.provider,
  tolerance: seconds(source.tolerance ?? provider.tolerance ?? sourceCheckDefaults.tolerance),
  rotationOverlap: sourceCheckDefaults.rotationOverlap,
  maxBodyBytes: sourceCheckDefaults.maxBodyBytes,
  allowedCidrs: [],
  eventId: source.eventId ?? 'provider',
  handlerRetryDelays: (source.handlerRetryDelays ?? [5, 30, 120, 600, 1_800, 7_200]).map(seconds),
  lease: seconds(90),
  retention: days(35),
  handshakeWindow: seconds(3_600),
  publicUrl: source.publicUrl,
  hmac: source.hmac,
  token: source.token,
  ed25519: source.ed25519,
});

/** The settings for sending, with the defaults of a deployed stack. */
export const outboundSettingsOf = (retryDelays: readonly number[] | undefined): OutboundSettings => ({
  retryDelays: (retryDelays ?? [1, 5, 30, 120, 600]).map(seconds),
  connectTimeout: millis(5_000),
  attemptTimeout: millis(30_000),
  lease: seconds(80),
  maxCrashes: 4,
  deliveryRetention: days(30),
  retryOtherStatuses: false,
  localEndpoints: false,
  allowedPorts: [443],
  disableAfter: days(5),
  breakAfter: 5,
  userAgent: 'Hookline/test',
  endpointMetrics: false,
});
