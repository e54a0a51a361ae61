import { createHash } from 'node:crypto';
import { keptIndex } from './tables.ts';

/** How a kept event ended. */
export const keptStatuses = ['failed', 'ignored'] as const;
export type KeptStatus = (typeof keptStatuses)[number];

/** The kept events of a source and day. */
export interface KeptList {
  /** `source#YYYY-MM-DD`, in UTC. */
  readonly keptDay: string;
  /** Only those that ended so; also all from before the index had partitions by status. */
  readonly status?: KeptStatus;
}

const partitionOf = (keptDay: string, status: KeptStatus, shard: number): string =>
  `${keptDay}#${status}#${shard}`;

/**
 * The partition of an event in the index of kept events: one of several, since every event of a source without a handler is
 * kept.
 *
 * @param id `source#eventId`
 */
export function keptPartition(keptDay: string, status: KeptStatus, id: string): string {
  const hash = createHash('sha256').update(id).digest().readUInt16BE();
  return partitionOf(keptDay, status, hash % keptIndex.shards);
}

/** All partitions of a list. The last one has what was kept before there were shards, until it expires. */
export const partitionsOfKept = ({ keptDay, status }: KeptList): readonly string[] => {
  const shards = Array.from({ length: keptIndex.shards }, (_, shard) => shard);
  const statuses = status === undefined ? keptStatuses : [status];
  return [...statuses.flatMap((each) => shards.map((shard) => partitionOf(keptDay, each, shard))), keptDay];
};
