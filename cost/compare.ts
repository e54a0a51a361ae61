import { type Hosted, hosted } from './data.ts';
import type { Workload } from './workload.ts';

/** The price of the same work at a hosted service. */
export interface Comparison {
  readonly name: string;
  /** USD a month: a lower bound if a price is not known, undefined if the service does not offer this work. */
  readonly usd: number | undefined;
  readonly isLeast: boolean;
  readonly note: string;
  readonly source: string;
  readonly read: string;
}

/** The list prices of hosted services for a month's work: each bills an event, its deliveries, or both. */
export const comparisons = (work: Workload): Comparison[] => hosted.map((service) => compared(service, work));

function compared(service: Hosted, work: Workload): Comparison {
  const { name, note, source, read, monthly, included, event, delivery, chunkBytes } = service;
  const { inbound, outbound, fanOut, payload } = work;
  const extra = Math.max(0, outbound - included);
  const chunks = chunkBytes === null ? 1 : Math.ceil(payload / chunkBytes);
  const known = monthly + (extra * chunks * (event ?? 0) + outbound * fanOut * (delivery ?? 0)) / 1e6;
  const isUnknown = (event === null && extra > 0) || inbound > 0;
  const hasNothing = outbound === 0 && monthly === 0;
  return { name, usd: hasNothing ? undefined : known, isLeast: isUnknown, note, source, read };
}
