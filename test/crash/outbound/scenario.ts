import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import type { Millis, Seconds } from '../../../lambdas/domain/time.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

/** The behaviour of an endpoint for one request. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  readonly ms: number;
  /** The request kills the process that sent it. */
  readonly kills?: boolean;
}

/** The parts of a run, without faults. */
export interface Scenario {
  readonly name: string;
  /** Publish messages, all sent at the beginning. */
  readonly publications: readonly object[];
  /** The responses of each endpoint to each event, or to the one that is named after it, in turn; the last one repeats. */
  readonly endpoints: Readonly<Record<string, readonly Answer[]>>;
  readonly retryDelays?: readonly Seconds[];
  /** The time from the beginning of a round to its deadline. @default the longest time of the schedule */
  readonly lifetime?: Seconds;
  /** How often each message of the delivery queue arrives. */
  readonly copies?: number;
  /** How much later each further copy arrives. @default at the same time */
  readonly copiesAfter?: Seconds;
  /** More than one work at the same time. @default 1 */
  readonly deliverWorkers?: number;
  readonly sweepsAtOnce?: number;
  /** Decides the order of port calls of processes that run at once. */
  readonly seed?: number;
  /** Registered for the tenant `acme`, from the beginning. */
  readonly registered?: readonly string[];
  /** Of registered endpoints. @default every event */
  readonly filters?: Readonly<Record<string, Endpoint['filter']>>;
  /** How many endpoints of a tenant one read returns: a tenant with more is split into ranges. @default no limit */
  readonly endpointsPerPage?: number;
  /** Failures in a row after which attempts wait for a probe. */
  readonly breakAfter?: number;
  /** Requests to one endpoint at once. */
  readonly maxConcurrent?: number;
  /** The acts of people on registered endpoints, with their times. */
  readonly changes?: readonly Change[];
  /** Acts when nothing is left to do, one after the other. */
  readonly acts?: readonly Act[];
  /** How each delivery ends, by its endpoint, or by endpoint and event where there are several: `a evt_1`. */
  readonly ends: Readonly<Record<string, End>>;
}

/** An act of a person. */
export type Act =
  /** @param times how many people do it at once */
  | {
      readonly kind: 'replay';
      readonly endpoint: string;
      readonly round: number;
      readonly times?: number;
    }
  | { readonly kind: 'publish'; readonly publication: object }
  /** Starts the recovery of all failed deliveries of an endpoint; the sweep continues it. */
  | { readonly kind: 'recover'; readonly endpoint: string }
  | { readonly kind: 'register' | 'deregister'; readonly endpoint: string };

/**
 * Happens at once, like the management API's writes; a retry of a delivery is a separate process. `recreate` deletes an
 * endpoint and registers another one under its id.
 */
export type Change = { readonly at: Seconds } & (EndpointChange | Publish);

export type EndpointChange =
  | {
      readonly kind: 'disable' | 'enable' | 'delete' | 'recreate' | 'reset-limiter' | 'retry';
      readonly endpoint: string;
    }
  /** By a Retry-After in its answer to another event. */
  | { readonly kind: 'asks-to-wait'; readonly endpoint: string; readonly span: Seconds };

interface Publish {
  readonly kind: 'publish';
  readonly publication: object;
}

export interface End {
  readonly status: 'delivered' | 'failed' | 'discarded';
  /** Those that were cut before the endpoint's own deadline are counted separately. */
  readonly requests: number;
  /** At most. @default 0 */
  readonly cuts?: number;
  readonly reason?: RegExp;
  /** How it may end, too, when a fault has changed the order of events. */
  readonly orAfterFault?: readonly StoredDelivery['status'][];
}

export const answer = (status: number, retryAfter?: Seconds): Answer => ({
  outcome:
    status < 300
      ? { kind: 'accepted', status }
      : status === 410
        ? { kind: 'gone', status }
        : { kind: 'refused', status, ...(retryAfter && { retryAfter }) },
  ms: 100,
});

/** No answer within the attempt's deadline. */
export const hangs: Answer = {
  outcome: { kind: 'unreachable', cause: 'timeout', error: 'no response within 30 s' },
  ms: 30_000,
};

/** What a worker sees of an answer that would come after its deadline. */
export const withinDeadline = (given: Answer, deadline: Millis): Answer =>
  given.ms <= deadline ? given : { outcome: timedOut, ms: deadline };

const timedOut: AttemptOutcome = {
  kind: 'unreachable',
  cause: 'timeout',
  phase: 'head',
  error: 'no response in time',
};

/** The process dies before the endpoint has answered. */
export const kills: Answer = { ...answer(500), ms: 10, kills: true };

/** A publish message to one endpoint, whose URL is named after it. */
export const publication = (endpoint: string, changes: object = {}): object => ({
  type: 'invoice.paid',
  id: `evt_${endpoint}`,
  data: { total: 12 },
  endpoint: { id: endpoint, url: urlOf(endpoint) },
  ...changes,
});

/** A publish message to a registered endpoint of the tenant. */
export const toRegistered = (endpoint: string): object =>
  publication(endpoint, { tenant: 'acme', endpoint: { id: endpoint } });

/** A publish message to all endpoints of the tenant. */
export const toTenant = (id: string, data: object = { total: 12 }): object => ({
  type: 'invoice.paid',
  id,
  data,
  tenant: 'acme',
});

/** The URL of the endpoint that a `recreate` registers: another host, so that its requests differ from the earlier one's. */
export const newUrlOf = (endpoint: string): string => urlOf(`${endpoint}-new`);

export const urlOf = (endpoint: string): string => `https://${endpoint}.example/hook`;
export const endpointOf = (url: string): string => new URL(url).hostname.split('.')[0] ?? '';
