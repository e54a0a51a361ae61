import { Duration } from 'aws-cdk-lib';
import ipaddr from 'ipaddr.js';
import * as v from 'valibot';
import { OutboundSettings } from '../lambdas/domain/outbound-settings.ts';
import { providerOf } from '../lambdas/domain/provider/catalogue.ts';
import { type HmacSettings, SourceSettings } from '../lambdas/domain/source.ts';

/** A setting of the app is wrong; the message says which, what it is, and what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError' as const;
}

/** One configured sender. */
export interface SourceProps {
  /** The sender's wire format: `stripe`, `github`, `shopify`, `standard-webhooks`, `hmac`, … */
  readonly provider: string;
  /** How the sender signs; with `provider: 'hmac'`, and only then. */
  readonly hmac?: HmacSettings;
  /** Allowed difference between the signed timestamp and now, both ways. @default 5 minutes */
  readonly tolerance?: Duration;
  /** How long the previous secret still verifies. @default 24 hours */
  readonly rotationOverlap?: Duration;
  /** Larger bodies are answered 413. @default 4 MiB */
  readonly maxBodyBytes?: number;
  /** Only these v4 and v6 ranges may post. @default any address */
  readonly allowedCidrs?: readonly string[];
  /** `body`: the event's id is the hash of its body, for providers whose id is not signed. @default 'provider' */
  readonly eventId?: 'provider' | 'body';
  /** Waits before the handler's attempt 2, 3, …. @default 5 s, 30 s, 2 min, 10 min, 30 min, 2 h */
  readonly handlerRetryDelays?: readonly Duration[];
  /** How long a handler's batch may take. @default 60 seconds */
  readonly handlerTimeout?: Duration;
  /** Environment variables for the handlers. @default none */
  readonly handlerEnvironment?: Readonly<Record<string, string>>;
  /** Consumers that run at once, at most. @default 10 */
  readonly maxConcurrency?: number;
  /** Requests a second, and at once, before the gateway answers 429. @default 50 and 100 */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** What a provider that signs its URL signs, where a custom domain or a proxy stands in front. @default the request's */
  readonly publicUrl?: string;
}

/** How events are sent. */
export interface OutboundProps {
  /** Waits before attempt 2, 3, …, or a preset. @default 'short' */
  readonly retrySchedule?: RetryPreset | readonly Duration[];
  /** One deadline over DNS, connect and response head. @default 30 seconds */
  readonly attemptTimeout?: Duration;
  /** TCP and TLS must be up within this. @default 5 seconds */
  readonly connectTimeout?: Duration;
  /** Retry 3xx and 4xx that would otherwise fail at once. @default false */
  readonly retryOtherStatuses?: boolean;
  /** Ports that may be connected to. @default 443 */
  readonly allowedPorts?: readonly number[];
  /** Count attempts by endpoint, too; each endpoint is then a billed metric. @default false */
  readonly endpointMetrics?: boolean;
  /** Deliver functions that run at once, at most. @default 50 */
  readonly maxConcurrency?: number;
  /** How long a finished delivery is kept. @default 30 days */
  readonly deliveryRetention?: Duration;
}

export type RetryPreset = keyof typeof retryPresets;

const minutes = (count: number) => count * 60;
const hours = (count: number) => count * 3600;

/** Seconds before attempt 2, 3, …. */
export const retryPresets = {
  /** Over within a quarter of an hour: a deploy, a restart. */
  short: [1, 5, 30, 120, 600],
  /** The schedule that the Standard Webhooks specification recommends: three days. */
  'standard-webhooks': [
    5,
    minutes(5),
    minutes(30),
    hours(2),
    hours(5),
    hours(10),
    hours(14),
    hours(20),
    hours(24),
  ],
} as const;

const sourceDefaults = {
  tolerance: Duration.minutes(5),
  /** Providers take up to an hour to switch; people take a day. */
  rotationOverlap: Duration.hours(24),
  /** The most that always fits Lambda's 6 MB event, base64 and escaping included. */
  maxBodyBytes: 4 * 1024 * 1024,
  allowedCidrs: [] as readonly string[],
  eventId: 'provider' as const,
  /** A longer outage of the team's database must not empty everything into the DLQ. */
  handlerRetryDelays: [5, 30, minutes(2), minutes(10), minutes(30), hours(2)].map((s) => Duration.seconds(s)),
  handlerTimeout: Duration.seconds(60),
};

/** How long an event id is remembered: longer than any provider's retry window, and twice what a DLQ keeps. */
const retention = Duration.days(35);

const outboundDefaults = {
  retrySchedule: 'short' as RetryPreset | readonly Duration[],
  attemptTimeout: Duration.seconds(30),
  connectTimeout: Duration.seconds(5),
  retryOtherStatuses: false,
  allowedPorts: [443] as readonly number[],
  endpointMetrics: false,
  deliveryRetention: Duration.days(30),
};

/** A worker that dies this often on one delivery is killed by it. */
const maxCrashes = 4;

/** How many consumers and deliver functions run at once: a brake for what is behind them. */
export const defaultConcurrency = { consume: 10, deliver: 50 } as const;

/** Per route: a flood of one source leaves the account's Lambda concurrency to the others. */
export const defaultThrottle = { rate: 50, burst: 100 } as const;

/** Receives before SQS itself gives up. Far above our own limits: throttles and live leases count as receives, too. */
export const maxReceiveCount = 100;

/** A claim outlives its worker by this: function timeout < lease. */
const leaseMargin = Duration.seconds(15);

/** AWS's advice, so that a throttled function does not burn receives: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const visibilityFactor = 6;

export const leaseFor = (functionTimeout: Duration): Duration => functionTimeout.plus(leaseMargin);
export const visibilityFor = (functionTimeout: Duration): Duration =>
  Duration.seconds(functionTimeout.toSeconds() * visibilityFactor);

export const handlerTimeoutOf = (props: SourceProps): Duration =>
  props.handlerTimeout ?? sourceDefaults.handlerTimeout;

/** Time for a batch, and then for one suspect alone. */
export const deliverTimeoutOf = (props: OutboundProps): Duration =>
  Duration.seconds(2 * (props.attemptTimeout ?? outboundDefaults.attemptTimeout).toSeconds() + 15);

/**
 * The complete settings of a source.
 *
 * @throws SettingsError naming the source, the setting, the value and what to do
 */
export function sourceSettings(name: string, props: SourceProps): SourceSettings {
  const given = { ...sourceDefaults, ...defined(props) };
  providerOf({ name, provider: props.provider, hmac: props.hmac });
  for (const cidr of given.allowedCidrs) {
    if (!ipaddr.isValidCIDR(cidr)) {
      throw new SettingsError(
        `source '${name}': allowedCidrs has '${cidr}'; write a v4 or v6 range such as 192.0.2.0/24`,
      );
    }
  }
  return checked(`source '${name}'`, SourceSettings, {
    name,
    provider: given.provider,
    tolerance: given.tolerance.toSeconds(),
    rotationOverlap: given.rotationOverlap.toSeconds(),
    maxBodyBytes: given.maxBodyBytes,
    allowedCidrs: [...given.allowedCidrs],
    eventId: given.eventId,
    handlerRetryDelays: given.handlerRetryDelays.map((delay) => delay.toSeconds()),
    lease: leaseFor(given.handlerTimeout).toSeconds(),
    retention: retention.toSeconds(),
    publicUrl: given.publicUrl,
    hmac: given.hmac,
  });
}

/**
 * The complete settings of sending.
 *
 * @param localEndpoints http to loopback is allowed: for the laptop only
 * @throws SettingsError naming the setting
 */
export function outboundSettings(props: OutboundProps, localEndpoints: boolean): OutboundSettings {
  const given = { ...outboundDefaults, ...defined(props) };
  const schedule = given.retrySchedule;
  return checked('outbound', OutboundSettings, {
    retryDelays:
      typeof schedule === 'string' ? [...retryPresets[schedule]] : schedule.map((delay) => delay.toSeconds()),
    connectTimeout: given.connectTimeout.toMilliseconds(),
    attemptTimeout: given.attemptTimeout.toMilliseconds(),
    lease: leaseFor(deliverTimeoutOf(props)).toSeconds(),
    maxCrashes,
    deliveryRetention: given.deliveryRetention.toSeconds(),
    retryOtherStatuses: given.retryOtherStatuses,
    localEndpoints,
    allowedPorts: [...given.allowedPorts],
    endpointMetrics: given.endpointMetrics,
  });
}

/** Without what is undefined, so that a default shows through. */
function defined<Props extends object>(
  props: Props,
): { [Key in keyof Props]: Exclude<Props[Key], undefined> } {
  const set = Object.entries(props).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Key in keyof Props]: Exclude<Props[Key], undefined> };
}

function checked<Schema extends v.GenericSchema>(
  where: string,
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new SettingsError(`${where}: ${issues.join('; ')}`);
}
