import { matchesFilter, type PayloadFilter } from './payload-filter.ts';

/** The events that an endpoint gets. */
export interface Subscription {
  /** `*`, `invoice.*` or exact. */
  readonly eventTypes: readonly string[];
  readonly filter?: PayloadFilter;
}

/** Whether an endpoint gets an event. */
export const wants = ({ eventTypes, filter }: Subscription, type: string, data: unknown): boolean =>
  wantsType(eventTypes, type) && (filter === undefined || matchesFilter(filter, data));

/** Whether an endpoint subscribes to a type. */
export const wantsType = (eventTypes: readonly string[], type: string): boolean =>
  eventTypes.some((pattern) => matchesType(pattern, type));

/** `invoice.*` matches everything below `invoice`, not `invoice` itself. */
const matchesType = (pattern: string, type: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
