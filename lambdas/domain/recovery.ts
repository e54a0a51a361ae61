import type { Seconds, UnixMillis } from './time.ts';
import { days } from './time.ts';

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
  readonly status: 'running' | 'done' | 'cancelled';
  readonly estimate: Estimate;
  readonly replayed: number;
  readonly refused: number;
  readonly place: RecoveryPlace;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  /** Somebody works on it until then at the latest. */
  readonly leaseUntil?: UnixMillis;
}

/** How many failed deliveries there are; counting may have been cut short. */
export interface Estimate {
  readonly count: number;
  readonly isExact: boolean;
}

/** How long a finished job can be looked at. */
export const recoveryRetention: Seconds = days(35);
