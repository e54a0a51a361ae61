import { type Hosted, hosted } from './data.ts';
import type { Workload } from './workload.ts';

/** What a hosted service takes for the same work. */
export interface Comparison {
  readonly name: string;
  /** USD a month; a lower bound where a price is not known, and undefined where it has nothing for this work. */
  readonly usd: number | undefined;
  readonly isLeast: boolean;
  readonly note: string;
  readonly source: string;
  readonly read: string;
}

/** The list prices of hosted services for a month's work. An event for several endpoints counts once for each. */
export const comparisons = (work: Workload): Comparison[] => hosted.map((service) => compared(service, work));

function compared(service: Hosted, work: Workload): Comparison {
  const { name, note, source, read, monthly, included, outbound } = service;
  const deliveries = work.outbound * work.fanOut;
  const extra = Math.max(0, deliveries - included) / 1e6;
  const known = monthly + (outbound === null ? 0 : extra * outbound);
  const isUnknown = (outbound === null && extra > 0) || work.inbound > 0;
  const hasNothing = deliveries === 0 && monthly === 0;
  return { name, usd: hasNothing ? undefined : known, isLeast: isUnknown, note, source, read };
}
