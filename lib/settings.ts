import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { sourceCheckDefaults } from '../lambdas/domain/source-check-defaults.ts';
import about from '../package.json' with { type: 'json' };

/** Every number of the deployment that is not a default of a prop's own file, each with its reason. */

/** Seconds before attempt 2, 3, …. */
export const retryPresets = {
  /** A quarter of an hour: long enough for a deploy or a restart of the receiver. */
  short: [1, 5, 30, 120, 600],
  /** Three days, as the specification recommends. */
  'standard-webhooks': [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
} as const;
export type RetryPreset = keyof typeof retryPresets;

export const sourceDefaults = {
  tolerance: Duration.seconds(sourceCheckDefaults.tolerance),
  rotationOverlap: Duration.seconds(sourceCheckDefaults.rotationOverlap),
  maxBodyBytes: sourceCheckDefaults.maxBodyBytes,
  /** A longer outage of the team's database must not empty everything into the DLQ. */
  handlerRetryDelays: [5, 30, 120, 600, 1_800, 7_200].map((delay) => Duration.seconds(delay)),
  /** A handler calls a database and an API or two. */
  handlerTimeout: Duration.seconds(60),
  /** Longer than any provider redelivers (Adyen: 30 days), and twice what a DLQ keeps. */
  retention: Duration.days(35),
  /** Time to make the webhook at the provider after the deploy. */
  awaitHandshakeMinutes: 60,
  /** Protects what the handlers call. */
  maxConcurrency: 10,
  /** Limits a flood of one source, so that the others have enough of the account's Lambda concurrency. */
  throttle: { rate: 50, burst: 100 },
  /** Has room for a burst, because a refused event is lost, within half of an account's 1,000 concurrent functions. */
  throttleWithoutRetry: { rate: 200, burst: 500 },
} as const;

export const outboundDefaults = {
  /** The specification asks for 15 to 30 s. */
  attemptTimeout: Duration.seconds(30),
  /** A healthy host answers a SYN within a round trip; this allows one lost packet and a slow TLS. */
  connectTimeout: Duration.seconds(5),
  deliveryRetention: Duration.days(30),
  /** A long weekend and a day: an owner who has not noticed by then needs a notice. */
  disableAfter: Duration.days(5),
  /** One failure may be an accident; five in a row mean an endpoint that is down. */
  breakAfter: 5,
  /** If its worker dies this often, the delivery itself is the cause. */
  maxCrashes: 4,
  maxConcurrency: 50,
  /** Protects the table. A burst of events waits in its queue, so that the account's other functions can run. */
  publishMaxConcurrency: 10,
  allowedPorts: [443],
  /** The page explains the requests to those who find them in their logs. */
  userAgent: `Hookline/${about.version} (+${about.homepage})`,
} as const;

/**
 * How many functions may deliver to endpoints that are slow or down, beside the `maxConcurrency` for all others.
 *
 * A fifth: enough to wait for 100 slow responses at the default. Lambda's least is two.
 */
export const sidelineConcurrency = (maxConcurrency: number): number =>
  Math.max(2, Math.floor(maxConcurrency / 5));

export const functions = {
  /** The strictest provider gives up after 3 s, so the receiver responds 503 before that; the gateway waits for 30 s. */
  receiveTimeout: Duration.seconds(10),
  publishTimeout: Duration.seconds(60),
  /** Below the minute between two runs, so that sweeps do not pile up. */
  sweepTimeout: Duration.seconds(55),
  /** Sixty reads of queues at once take a second or two. */
  measureTimeout: Duration.seconds(30),
  /** The gateway gives up after 30 s. */
  managementTimeout: Duration.seconds(29),
  /** CPU comes with memory: below this a cold start takes longer than the strictest providers wait. */
  memoryMb: 512,
  /** Threads for the AWS clients' name lookups: Node has four and allows lookups half of them. Cryptography and files need some, too. */
  workerThreads: 16,
} as const;

/** Requests a second, and at once: enough for people and scripts; more is a mistake. */
export const managementThrottle = { rate: 50, burst: 100 } as const;

export const batches = {
  consume: 10,
  publish: 10,
  /** A batch runs until its slowest endpoint has answered: after 5 s at most, its request is cut and goes to the sideline queue. */
  deliver: 10,
} as const;

export const queues = {
  retention: Duration.days(7),
  /** The longest that SQS keeps a message, including its time in its first queue. */
  dlqRetention: Duration.days(14),
  /** With a key of the team: the longest that SQS allows, since each of its data keys is a billed call of KMS. */
  dataKeyReuse: Duration.hours(24),
  /** Far above our own limits, because throttles, live leases and a crash of another message in the batch also count as receives. */
  maxReceiveCount: 100,
  /** Half of SQS's limit for messages in flight. At 50 failing events a second, the other half lasts for 20 minutes. */
  inFlight: 60_000,
} as const;

export const payloads = {
  /** As long as the events' records. */
  inboundRetention: Duration.days(35),
  /** Outlives the longest schedule, 30 days of records and a late replay. */
  outboundRetention: Duration.days(100),
} as const;

/** The VPC of `outbound.egress: 'static'`. */
export const staticEgress = {
  /** Two subnets of 64 addresses for the function, and two of 16 for the gateways. It is connected to nothing, so it may overlap. */
  range: '10.255.255.0/24',
  price: {
    /** Two gateways at $0.045 and two addresses at $0.005 an hour, for 730 hours, in us-east-1. */
    monthlyDollars: 73,
    perGigabyte: 0.045,
  },
} as const;

/** What a table's maximum of request units a second is derived from: see `table-units.ts`. It bounds the cost of a runaway loop. */
export const tableUnits = {
  /** Above the measured rates of functions with 512 MB, full batches and endpoints that answer at once (cost/durations.json). */
  messagesPerFunction: { consume: 350, publish: 350, deliver: 200 },
  /** Write units of a message, by function and table. */
  ofMessage: {
    /** The claim and the outcome. */
    consume: { inboundEvents: 2 },
    /** The largest event that is not in the bucket; an event for many endpoints takes longer, at most 400 writes a second. */
    publish: { events: 9, deliveries: 4 },
    /** The claim and the attempt; the limiter's slot, taken and released. */
    deliver: { deliveries: 2, endpoints: 2 },
  },
  /** A new table takes this at once. */
  least: 4_000,
  /** The default quota of a table. */
  most: 40_000,
} as const;

export const defaultLogRetention = RetentionDays.ONE_MONTH;

/** Lambda's limit for names and values together, in bytes. */
export const maxEnvironmentBytes = 4_096;

/** CloudFormation's limit is 500; the rest is for resources that a team adds. */
export const maxResources = 450;

/** How much longer than its worker a claim lasts, for the difference of clocks and a slow write. */
const leaseMargin = Duration.seconds(5);
/** AWS's advice, because retries of a throttled batch must not use up its receives. */
const visibilityFactor = 6;

/** How long a worker may run, how long its claim lasts, and when SQS redelivers its messages. */
export interface WorkerTimes {
  readonly timeout: Duration;
  readonly lease: Duration;
  readonly visibility: Duration;
}

/** Lease and visibility that fit a function's timeout. */
export function workerTimes(timeout: Duration): WorkerTimes {
  const lease = timeout.plus(leaseMargin);
  const visibility = Math.max(timeout.toSeconds() * visibilityFactor, lease.plus(leaseMargin).toSeconds());
  return { timeout, lease, visibility: Duration.seconds(visibility) };
}

/** Time for a batch, whose deliveries run at once, then for one suspect alone, then for their records. */
export const deliverTimeout = (attemptTimeout: Duration): Duration =>
  Duration.seconds(2 * Math.ceil(attemptTimeout.toSeconds({ integral: false })) + 15);
