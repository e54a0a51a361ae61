import type { Duration } from 'aws-cdk-lib';
import { OutboundSettings } from '../lambdas/domain/outbound-settings.ts';
import { ownOf } from '../lambdas/domain/own-property.ts';
import type { Egress } from './egress-props.ts';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import { deliverTimeout, outboundDefaults, type RetryPreset, retryPresets, workerTimes } from './settings.ts';
import { checkConcurrency, checked, SettingsError } from './settings-error.ts';

/** How events are sent to endpoints. Defaults fit most stacks. */
export interface OutboundProps {
  /**
   * The waits before attempt 2, 3, …, or a preset: `short` (a quarter of an hour) or `standard-webhooks` (three days, as the
   * specification recommends). Choose the long one where endpoints belong to customers. @default 'short'
   */
  readonly retrySchedule?: RetryPreset | readonly Duration[];
  /**
   * The time that one attempt has for DNS lookup, connection and response head. Lengthen it for slow endpoints; a worker is
   * busy for as long. @default Duration.seconds(30)
   */
  readonly attemptTimeout?: Duration;
  /** The time that TCP and TLS have to connect, within `attemptTimeout`. @default Duration.seconds(5) */
  readonly connectTimeout?: Duration;
  /**
   * Whether to retry the 3xx and 4xx answers that otherwise fail a delivery at once. Turn it on where endpoints answer 4xx for
   * faults that pass. @default false
   */
  readonly retryOtherStatuses?: boolean;
  /** The ports that endpoints may have. @default [443] */
  readonly allowedPorts?: readonly number[];
  /** Whether attempts are also counted by endpoint. CloudWatch bills a metric for each endpoint. @default false */
  readonly endpointMetrics?: boolean;
  /** The most deliver functions that run at once, 2 to 1000. Raise it if the delivery queue grows. @default 50 */
  readonly maxConcurrency?: number;
  /** The most publish functions that run at once, 2 to 1000. Raise it if the publish queue grows. @default 10 */
  readonly publishMaxConcurrency?: number;
  /** How long an endpoint may fail, without one success, before it is disabled. @default Duration.days(5) */
  readonly disableAfter?: Duration;
  /**
   * The most concurrent requests to one endpoint, 1 to 100. An endpoint can have its own limit instead. Without a limit, a healthy
   * endpoint costs no writes of its limiter. @default - no limit
   */
  readonly maxConcurrentPerEndpoint?: number;
  /** The consecutive failures that open an endpoint's circuit breaker; then its deliveries wait until a probe succeeds. @default 5 */
  readonly breakAfter?: number;
  /**
   * The `User-Agent` of every request, in printable ASCII. Name a page that explains your webhooks to those who find it in
   * their logs. @default 'Hookline/<version> (+<homepage in package.json>)'
   */
  readonly userAgent?: string;
  /** How long the record of a finished delivery is kept, to be listed and replayed. @default Duration.days(30) */
  readonly deliveryRetention?: Duration;
  /**
   * Where requests to endpoints leave from. `'static'` gives them fixed addresses, which your customers may let in; it makes two NAT
   * gateways, which cost $73 a month in us-east-1. `{ vpc }` sends them through a VPC of yours. docs/network.md compares the ways.
   *
   * @default - addresses of AWS that change, without cost
   */
  readonly egress?: Egress;
}

/** Every outbound setting; other names are refused. `retrySchedule` is `any`, since it may be a preset's name. */
const outboundKinds: Readonly<Record<keyof OutboundProps, SettingKind>> = {
  retrySchedule: 'any',
  attemptTimeout: 'duration',
  connectTimeout: 'duration',
  retryOtherStatuses: 'any',
  allowedPorts: 'any',
  endpointMetrics: 'any',
  maxConcurrency: 'any',
  publishMaxConcurrency: 'any',
  disableAfter: 'duration',
  maxConcurrentPerEndpoint: 'any',
  breakAfter: 'any',
  userAgent: 'any',
  deliveryRetention: 'duration',
  egress: 'any',
};

/** Lambda's longest timeout. */
const maxFunctionSeconds = 900;

/** The timeout of the deliver function. */
export const deliverTimeoutOf = (props: OutboundProps): Duration =>
  deliverTimeout(props.attemptTimeout ?? outboundDefaults.attemptTimeout);

/**
 * Completes the outbound settings with their defaults.
 *
 * @param localEndpoints whether endpoints may be http on loopback; only for the local AWS
 * @throws SettingsError naming the setting
 */
export function outboundSettings(props: OutboundProps, localEndpoints: boolean): OutboundSettings {
  refuse(problemWithGiven(outboundKinds, props));
  const timeout = deliverTimeoutOf(props).toSeconds();
  if (timeout > maxFunctionSeconds) {
    throw new SettingsError(
      `outbound: attemptTimeout needs a function timeout of ${timeout} s, but Lambda's limit is ${maxFunctionSeconds} s; shorten it`,
    );
  }
  checkConcurrency('outbound', 'maxConcurrency', props.maxConcurrency);
  checkConcurrency('outbound', 'publishMaxConcurrency', props.publishMaxConcurrency);
  return checked('outbound', OutboundSettings, {
    retryDelays: retryDelaysOf(props.retrySchedule ?? 'short'),
    connectTimeout: (props.connectTimeout ?? outboundDefaults.connectTimeout).toMilliseconds(),
    attemptTimeout: (props.attemptTimeout ?? outboundDefaults.attemptTimeout).toMilliseconds(),
    lease: workerTimes(deliverTimeoutOf(props)).lease.toSeconds(),
    maxCrashes: outboundDefaults.maxCrashes,
    deliveryRetention: (props.deliveryRetention ?? outboundDefaults.deliveryRetention).toSeconds(),
    disableAfter: (props.disableAfter ?? outboundDefaults.disableAfter).toSeconds(),
    maxConcurrent: props.maxConcurrentPerEndpoint,
    breakAfter: props.breakAfter ?? outboundDefaults.breakAfter,
    retryOtherStatuses: props.retryOtherStatuses ?? false,
    userAgent: props.userAgent ?? outboundDefaults.userAgent,
    localEndpoints,
    allowedPorts: props.allowedPorts ?? outboundDefaults.allowedPorts,
    endpointMetrics: props.endpointMetrics ?? false,
  });
}

function retryDelaysOf(schedule: RetryPreset | readonly Duration[]): number[] {
  if (typeof schedule !== 'string') {
    refuse(problemWithGiven({ retrySchedule: 'durations' }, { retrySchedule: schedule }));
    return schedule.map((delay) => delay.toSeconds());
  }
  const preset: readonly number[] | undefined = ownOf(retryPresets, schedule);
  if (preset !== undefined) return [...preset];
  const names = Object.keys(retryPresets).join(', ');
  throw new SettingsError(`outbound: retrySchedule is '${schedule}'; write one of ${names}, or a list`);
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new SettingsError(`outbound: ${problem}`);
}
