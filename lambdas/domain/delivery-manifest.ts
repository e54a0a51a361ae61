import { createHash } from 'node:crypto';
import type { AnnouncedDelivery } from './announced-delivery.ts';
import type { DeliveryFacts, DeliveryStatus } from './delivery-record.ts';
import type { DeliveryId } from './ids.ts';
import type { UnixMillis } from './time.ts';

/**
 * Names the deliveries of a publish batch that have no due time, so that the sweep finds those whose task is lost.
 *
 * One item for many deliveries, written before their tasks are sent and deleted once: a due time for each would cost four
 * writes of its index.
 */
export interface Manifest extends NewManifest {
  readonly shard: number;
  readonly id: string;
  /** How often the sweep has sent tasks for it. */
  readonly looks: number;
}

export interface NewManifest {
  readonly madeAt: UnixMillis;
  readonly deliveries: readonly DeliveryId[];
  /** Those of them that had no record yet, with what the sweep makes it of. */
  readonly announced: readonly AnnouncedDelivery[];
  /** When the sweep looks at it. */
  readonly lookAt: UnixMillis;
}

/** Whether only a manifest leads the sweep to a delivery. It stays so until its first failure or wait, or its end. */
export const needsManifest = ({ status, dueAt }: Pick<StandingDelivery, 'status' | 'dueAt'>): boolean =>
  status === 'pending' && dueAt === undefined;

/** What the sweep reads of a delivery that a manifest names. */
export interface StandingDelivery
  extends Pick<
    DeliveryFacts,
    | 'id'
    | 'tenant'
    | 'eventId'
    | 'endpointId'
    | 'url'
    | 'generation'
    | 'correlationId'
    | 'attempts'
    | 'claims'
    | 'eventExpiresAt'
    | 'eventKeptFor'
  > {
  readonly status: DeliveryStatus;
  readonly leaseUntil?: UnixMillis;
  readonly dueAt?: UnixMillis;
}

/** The most deliveries of a manifest: as many as DynamoDB reads in one call. */
export const maxManifestSize = 100;

/** Where a page of manifests ended; opaque to the caller. */
export type ManifestCursor = Record<string, unknown>;

/** The manifests, in shards by the time at which they were made. */
export interface ManifestStore {
  /** The number of shards. */
  readonly shards: number;
  /** Writes a manifest. Repeated, it changes nothing. */
  add(manifest: NewManifest): Promise<void>;
  /**
   * One page of a shard, the oldest first: those that were made before `madeBefore`, to be looked at or not; eventually
   * consistent.
   *
   * @param onMalformed gets an error for each malformed one, which is omitted
   */
  page(
    shard: number,
    madeBefore: UnixMillis,
    onMalformed: (error: Error) => void,
    after?: ManifestCursor,
  ): Promise<{ readonly manifests: readonly Manifest[]; readonly next?: ManifestCursor }>;
  /** Moves a manifest on, if no other sweep has moved or deleted it. @returns whether it did */
  moveOn(expected: Manifest, lookAt: UnixMillis, looks: number): Promise<boolean>;
  remove(manifest: Pick<Manifest, 'shard' | 'id'>): Promise<void>;
}

/** Gives a new manifest its place. It depends on the content only, so a write that is repeated changes nothing. */
export function placeManifest(manifest: NewManifest, shards: number): Manifest {
  const hash = createHash('sha256').update(manifest.deliveries.join()).digest('hex');
  const shard = Number.parseInt(hash.slice(0, 2), 16) % shards;
  return { ...manifest, shard, id: `${manifestIdFrom(manifest.madeAt)}#${hash.slice(0, 32)}`, looks: 0 };
}

/** Ids are ordered by time: those of manifests made before an instant are less than this. */
export const manifestIdFrom = (madeAt: UnixMillis): string => String(madeAt).padStart(15, '0');
