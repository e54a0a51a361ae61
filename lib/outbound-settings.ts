import type { Duration } from 'aws-cdk-lib';
import { OutboundSettings } from '../lambdas/domain/outbound-settings.ts';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import { deliverTimeout, outboundDefaults, type RetryPreset, retryPresets, workerTimes } from './settings.ts';
import { checkConcurrency, checked, SettingsError } from './settings-error.ts';

/** How events are sent. */
export interface OutboundProps {
  /** Waits before attempt 2, 3, …; or a preset: `short` (a quarter of an hour), `standard-webhooks` (three days). @default 'short' */
  readonly retrySchedule?: RetryPreset | readonly Duration[];
  /** One deadline over DNS, connect and response head. @default 30 seconds */
  readonly attemptTimeout?: Duration;
  /** TCP and TLS must be up within this. @default 5 seconds */
  readonly connectTimeout?: Duration;
  /** Retry the 3xx and 4xx that would otherwise fail at once. @default false */
  readonly retryOtherStatuses?: boolean;
  /** Ports that may be connected to. @default 443 */
  readonly allowedPorts?: readonly number[];
  /** Count attempts by endpoint, too; each endpoint is then a billed metric. @default false */
  readonly endpointMetrics?: boolean;
  /** Deliver functions that run at once, 2 to 1000. @default 50 */
  readonly maxConcurrency?: number;
  /** Publish functions that run at once, 2 to 1000. @default 10 */
  readonly publishMaxConcurrency?: number;
  /** An endpoint that fails for so long, without one success, is disabled. @default 5 days */
  readonly disableAfter?: Duration;
  /** Requests to one endpoint at the same time, where it has no limit of its own; 1 to 100. @default 10 */
  readonly maxConcurrentPerEndpoint?: number;
  /** Failures of one endpoint in a row after which its attempts wait for a probe to succeed. @default 5 */
  readonly breakAfter?: number;
  /** `User-Agent` of every request, printable ASCII; name a page of your own about your webhooks. @default 'Hookline/<version> (+<homepage in package.json>)' */
  readonly userAgent?: string;
  /** How long a finished delivery is kept. @default 30 days */
  readonly deliveryRetention?: Duration;
}

/** Every setting of sending: what is not here is a slip. A schedule may have a name. */
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
};

/** Lambda's limit. */
const maxFunctionSeconds = 900;

/** Of the deliver function. */
export const deliverTimeoutOf = (props: OutboundProps): Duration =>
  deliverTimeout(props.attemptTimeout ?? outboundDefaults.attemptTimeout);

/**
 * The complete settings of sending.
 *
 * @param localEndpoints http to loopback is allowed: on the laptop only
 * @throws SettingsError naming the setting
 */
export function outboundSettings(props: OutboundProps, localEndpoints: boolean): OutboundSettings {
  refuse(problemWithGiven(outboundKinds, props));
  const timeout = deliverTimeoutOf(props).toSeconds();
  if (timeout > maxFunctionSeconds) {
    throw new SettingsError(
      `outbound: attemptTimeout needs a function of ${timeout} s, and ${maxFunctionSeconds} s are the most; shorten it`,
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
    maxConcurrent: props.maxConcurrentPerEndpoint ?? outboundDefaults.maxConcurrentPerEndpoint,
    breakAfter: props.breakAfter ?? outboundDefaults.breakAfter,
    retryOtherStatuses: props.retryOtherStatuses ?? false,
    userAgent: props.userAgent ?? outboundDefaults.userAgent,
    localEndpoints,
    allowedPorts: [...(props.allowedPorts ?? outboundDefaults.allowedPorts)],
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
