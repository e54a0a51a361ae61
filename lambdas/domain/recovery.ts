import { type ListedDelivery, listedAt } from './delivery-record.ts';
import type { EndpointId, TenantId } from './ids.ts';
import { byEndpointIndex } from './tables.ts';
import { dayStart, days, later, type Seconds, type UnixMillis, utcDay } from './time.ts';

/** The position of a recovery in the index by endpoint. */
export interface RecoveryPlace {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly shard: number;
  /** The last delivery that was processed. */
  readonly after?: string;
}

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
  readonly place: RecoveryPlace;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  /** When the lease of its worker ends. */
  readonly leaseUntil?: UnixMillis;
}

/** The progress of a job. */
export type RecoveryProgress = Pick<
  Recovery,
  'place' | 'replayed' | 'refused' | 'ofEarlierEndpoint' | 'status'
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

/** A position within a span of time. */
type Bounded = Pick<Recovery, 'place' | 'since' | 'until'>;

/** The position at which a recovery begins. */
export const firstPlace = (since: UnixMillis): RecoveryPlace => ({ day: utcDay(since), shard: 0 });

/** The position of the next page; undefined after the last. @param page full if its partition may have more */
export const nextPlace = (
  { place, until }: Pick<Bounded, 'place' | 'until'>,
  page: readonly ListedDelivery[],
  pageSize: number,
): RecoveryPlace | undefined =>
  page.length < pageSize ? nextPartition(place, until) : { ...place, after: page.at(-1)?.listedAt };

/** The shards of a day, then the next day. */
function nextPartition(place: RecoveryPlace, until: UnixMillis): RecoveryPlace | undefined {
  if (place.shard + 1 < byEndpointIndex.shards) return { day: place.day, shard: place.shard + 1 };
  const next = later(dayStart(place.day), days(1));
  return next > until ? undefined : { day: utcDay(next), shard: 0 };
}

/** The range to list in a partition: from the position to the span's end. */
export const boundsOf = ({ since, until, place }: Bounded) => ({
  after: place.after ?? listedAt({ id: '', createdAt: since }),
  upTo: listedAt({ id: '~', createdAt: until }),
});
