import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import type { Seconds } from '../../../lambdas/domain/time.ts';

/** The behaviour of an endpoint for one request. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  readonly ms: number;
  /** The request kills the process that sent it. */
  readonly kills?: boolean;
}

/** The parts of a run, without faults. Deliveries are named by their endpoints, which have one each. */
export interface Scenario {
  readonly name: string;
  /** Publish messages, all sent at the beginning. */
  readonly publications: readonly object[];
  /** The responses of each endpoint in turn; the last one repeats. */
  readonly endpoints: Readonly<Record<string, readonly Answer[]>>;
  readonly retryDelays?: readonly Seconds[];
  /** The time from the beginning of a round to its deadline. @default the longest time of the schedule */
  readonly lifetime?: Seconds;
  /** How often each message of the delivery queue arrives. */
  readonly copies?: number;
  readonly deliverWorkers?: number;
  readonly sweepsAtOnce?: number;
  /** Decides the order of port calls of processes that run at once. */
  readonly seed?: number;
  /** Registered for the tenant `acme`, from the beginning. */
  readonly registered?: readonly string[];
  /** Failures in a row after which attempts wait for a probe. */
  readonly breakAfter?: number;
  /** The acts of people on registered endpoints, with their times. */
  readonly changes?: readonly Change[];
  /** Acts when nothing is left to do, one after the other. */
  readonly acts?: readonly Act[];
  /** How each delivery ends without faults. */
  readonly ends: Readonly<Record<string, End>>;
}

/** An act of a person. */
type Act =
  | { readonly kind: 'replay'; readonly endpoint: string; readonly round: number }
  | { readonly kind: 'publish'; readonly publication: object };

/**
 * Happens at once, like the management API's writes; a retry of a delivery is a separate process. `remake` deletes an endpoint
 * and registers another one under its id.
 */
export interface Change {
  readonly at: Seconds;
  readonly kind: 'disable' | 'enable' | 'delete' | 'recreate' | 'reset-limiter' | 'retry';
  readonly endpoint: string;
}

export interface End {
  readonly status: 'delivered' | 'failed' | 'discarded';
  readonly requests: number;
  readonly reason?: RegExp;
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

/** A publish message to all endpoints of the tenant. */
export const toTenant = (id: string): object => ({
  type: 'invoice.paid',
  id,
  data: { total: 12 },
  tenant: 'acme',
});

/** The URL of the endpoint that a `remake` registers: another host, so that its requests differ from the earlier one's. */
export const newUrlOf = (endpoint: string): string => urlOf(`${endpoint}-new`);

export const urlOf = (endpoint: string): string => `https://${endpoint}.example/hook`;
export const endpointOf = (url: string): string => new URL(url).hostname.split('.')[0] ?? '';
