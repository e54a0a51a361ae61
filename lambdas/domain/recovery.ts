import { listedAt } from './delivery-record.ts';
import type { StoppedBounds } from './delivery-store.ts';
import type { DeliveryId, EndpointId, TenantId } from './ids.ts';
import type { StoppedStatus } from './stopped-deliveries.ts';
import { days, type Seconds, type UnixMillis } from './time.ts';

/** A job: replay all failed deliveries of an endpoint that were created in a span of time. */
export interface Recovery {
  readonly id: string;
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
  readonly since: UnixMillis;
  readonly until: UnixMillis;
  /** Also send deliveries for an earlier endpoint of the id, and those that its deletion discarded, to the current one. */
  readonly toCurrentEndpoint?: boolean;
  readonly status: 'running' | 'done' | 'cancelled';
  readonly estimate: Estimate;
  readonly replayed: number;
  readonly refused: number;
  /** The part of `refused` that was for an earlier endpoint of the id. */
  readonly ofEarlierEndpoint?: number;
  /** The deliveries of the page that is replayed next, noted before that: after a crash they no longer count as failed. */
  readonly page?: readonly DeliveryId[];
  /** The place of the last of them, as `listedAt` writes it. */
  readonly passed?: string;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  /** When the lease of its worker ends. */
  readonly leaseUntil?: UnixMillis;
}

/** The progress of a job. */
export type RecoveryProgress = Pick<
  Recovery,
  'page' | 'passed' | 'replayed' | 'refused' | 'ofEarlierEndpoint' | 'status'
>;

/** Recoveries, in a partition of the Endpoints table. */
export interface RecoveryStore {
  /** @returns false when the id is taken */
  create(recovery: Recovery): Promise<boolean>;
  /** Reads with strong consistency. */
  read(id: string): Promise<Recovery | undefined>;
  /** The ids of running jobs; eventually consistent. */
  running(): Promise<readonly string[]>;
  /** Leases a running job for one page. @returns undefined when another worker has the lease, or the job has ended */
  claim(id: string, now: UnixMillis, until: UnixMillis): Promise<Recovery | undefined>;
  /** Records progress and gives the lease back. @returns undefined when the job is cancelled, or the lease is not ours */
  advance(expected: Recovery, progress: RecoveryProgress, now: UnixMillis): Promise<Recovery | undefined>;
  /** @returns undefined when the job has ended already */
  cancel(id: string, now: UnixMillis): Promise<Recovery | undefined>;
}

/** The number of failed deliveries; counting may have been cut short. */
export interface Estimate {
  readonly count: number;
  readonly isExact: boolean;
  /** Further ones, for an earlier endpoint of the id, which are sent again only on request. */
  readonly ofEarlierEndpoint?: number;
}

/** How long a finished job is kept. */
export const recoveryRetention: Seconds = days(35);

/** Where the next page of a recovery is: created within its span, both ends included. */
export const boundsOf = ({
  since,
  until,
  passed,
}: Pick<Recovery, 'since' | 'until' | 'passed'>): StoppedBounds => ({
  above: passed ?? listedAt({ id: '', createdAt: since }),
  below: listedAt({ id: '~', createdAt: until }),
  order: 'oldest first',
});

/** The states in which a recovery looks for deliveries. @param toCurrentEndpoint also those that a deleted endpoint left */
export const recoverableStatuses = (toCurrentEndpoint = false): readonly StoppedStatus[] =>
  toCurrentEndpoint ? ['failed', 'discarded'] : ['failed'];
