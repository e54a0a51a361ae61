import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import about from '../package.json' with { type: 'json' };

/** Every number of the deployment that is not a default of a prop's own file, each with its reason. */

/** Seconds before attempt 2, 3, …. */
export const retryPresets = {
  /** Over in a quarter of an hour: rides out a deploy or a restart of the receiver. */
  short: [1, 5, 30, 120, 600],
  /** What the specification recommends: three days. */
  'standard-webhooks': [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
} as const;
export type RetryPreset = keyof typeof retryPresets;

export const sourceDefaults = {
  /** What Stripe's and Standard Webhooks' own libraries take. */
  tolerance: Duration.minutes(5),
  /** The provider may go on with its old key while people and caches catch up. */
  rotationOverlap: Duration.hours(24),
  /** The most that always fits Lambda's 6 MB event: base64 adds a third, JSON escaping up to as much. */
  maxBodyBytes: 4 * 1024 * 1024,
  /** A longer outage of the team's database must not empty everything into the DLQ. */
  handlerRetryDelays: [5, 30, 120, 600, 1_800, 7_200].map((delay) => Duration.seconds(delay)),
  /** A handler calls a database and an API or two. */
  handlerTimeout: Duration.seconds(60),
  /** Longer than any provider redelivers (Adyen: 30 days), and twice what a DLQ keeps. */
  retention: Duration.days(35),
  /** Time to make the webhook at the provider after the deploy. */
  awaitHandshakeMinutes: 60,
  /** A brake for what is behind the handlers. */
  maxConcurrency: 10,
  /** A flood of one source leaves the account's Lambda concurrency to the others. */
  throttle: { rate: 50, burst: 100 },
  /** A refused event is lost, so there is room for a burst, within half of the 1,000 functions that an account may run at once. */
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
  /** One that hangs holds no more of the senders than this. */
  maxConcurrentPerEndpoint: 10,
  /** One failure is an accident; five in a row, an endpoint that is down. */
  breakAfter: 5,
  /** A delivery whose worker died this often kills its workers. */
  maxCrashes: 4,
  maxConcurrency: 50,
  /** A brake for the table; a burst of events waits in its queue, and leaves the account's functions to the others. */
  publishMaxConcurrency: 10,
  allowedPorts: [443],
  /** The page explains the requests to those who find them in their logs. */
  userAgent: `Hookline/${about.version} (+${about.homepage})`,
} as const;

export const functions = {
  /** The gateway gives up after 30 s, the strictest provider after 3: the receiver answers 503 by itself before. */
  receiveTimeout: Duration.seconds(10),
  publishTimeout: Duration.seconds(60),
  /** Below the minute between two runs, so that sweeps do not pile up. */
  sweepTimeout: Duration.seconds(55),
  /** The gateway gives up after 30 s. */
  managementTimeout: Duration.seconds(29),
  /** CPU comes with memory: below this a cold start takes longer than the strictest providers wait. */
  memoryMb: 512,
  /** The AWS clients resolve names on them, of which Node has four and lets names have half; cryptography and files need some, too. */
  workerThreads: 16,
} as const;

/** Requests a second, and at once: enough for people and scripts; more is a mistake. */
export const managementThrottle = { rate: 50, burst: 100 } as const;

export const batches = {
  consume: 10,
  publish: 10,
  /** A batch holds its messages until the slowest endpoint has answered. */
  deliver: 5,
} as const;

export const queues = {
  retention: Duration.days(7),
  /** The most that SQS keeps; a message brings the age that it had in its first queue. */
  dlqRetention: Duration.days(14),
  /** Far above our own limits: throttles, live leases and batch mates of a crash are receives, too. */
  maxReceiveCount: 100,
  /** Half the places that SQS has for messages in flight: at 50 events a second that all fail, the rest is 20 minutes. */
  inFlight: 60_000,
} as const;

export const payloads = {
  /** As long as the events' records. */
  inboundRetention: Duration.days(35),
  /** Outlives the longest schedule, 30 days of records and a late replay. */
  outboundRetention: Duration.days(100),
} as const;

/** Bounds the cost of a runaway loop to a few dollars an hour; far above what a team's webhooks need. */
export const maxTableUnitsPerSecond = 4_000;

export const defaultLogRetention = RetentionDays.ONE_MONTH;

/** Lambda's limit for names and values together, in bytes. */
export const maxEnvironmentBytes = 4_096;

/** CloudFormation's limit is 500; the rest is for resources that a team adds. */
export const maxResources = 450;

/** A claim outlives its worker by the clocks' difference and a slow write. */
const leaseMargin = Duration.seconds(5);
/** AWS's advice: a throttled batch is tried again meanwhile, which must not use up its receives. */
const visibilityFactor = 6;

/** How long a worker may run, how long its claim holds, and when SQS gives its messages to another. */
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
