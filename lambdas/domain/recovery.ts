import { type ListedDelivery, listedAt } from './delivery-record.ts';
import { byEndpointIndex } from './tables.ts';
import { dayStart, days, later, type Seconds, type UnixMillis, utcDay } from './time.ts';

/** Where a recovery stands in the index by endpoint. */
export interface RecoveryPlace {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly shard: number;
  /** The last one that was looked at. */
  readonly after?: string;
}

/** A job: replay all failed deliveries of an endpoint that were created in a span of time. */
export interface Recovery {
  readonly id: string;
  readonly tenant: string;
  readonly endpointId: string;
  readonly since: UnixMillis;
  readonly until: UnixMillis;
  /** Those for an earlier endpoint of the id go to the one that there is, too, and those that its deletion discarded. */
  readonly toCurrentEndpoint?: boolean;
  readonly status: 'running' | 'done' | 'cancelled';
  readonly estimate: Estimate;
  readonly replayed: number;
  readonly refused: number;
  /** Of the refused, those for an earlier endpoint of the id. */
  readonly ofEarlierEndpoint?: number;
  readonly place: RecoveryPlace;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  /** The lease of the worker that has it ends then. */
  readonly leaseUntil?: UnixMillis;
}

/** How far a job has come. */
export type RecoveryProgress = Pick<
  Recovery,
  'place' | 'replayed' | 'refused' | 'ofEarlierEndpoint' | 'status'
>;

/** Recoveries, in a partition of the Endpoints table. */
export interface RecoveryStore {
  /** @returns false when the id is taken */
  create(recovery: Recovery): Promise<boolean>;
  /** Consistent. */
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

/** How many failed deliveries there are; counting may have been cut short. */
export interface Estimate {
  readonly count: number;
  readonly isExact: boolean;
  /** Beside them: those for an earlier endpoint of the id, which are sent again only on purpose. */
  readonly ofEarlierEndpoint?: number;
}

/** How long a finished job can be looked at. */
export const recoveryRetention: Seconds = days(35);

/** A place within a span of time. */
type Bounded = Pick<Recovery, 'place' | 'since' | 'until'>;

/** Where a recovery begins. */
export const firstPlace = (since: UnixMillis): RecoveryPlace => ({ day: utcDay(since), shard: 0 });

/** Where the next page begins; undefined: that was the last. @param page which is full if there may be more in its partition */
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

/** What is listed of a partition: after what was looked at, up to the span's end. */
export const boundsOf = ({ since, until, place }: Bounded) => ({
  after: place.after ?? listedAt({ id: '', createdAt: since }),
  upTo: listedAt({ id: '~', createdAt: until }),
});
