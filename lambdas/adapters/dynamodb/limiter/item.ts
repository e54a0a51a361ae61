import * as v from 'valibot';
import { Count, FiniteNumber, Instant } from '../../../domain/instant-fields.ts';
import type { LimiterState } from '../../../domain/limiter.ts';
import { otherItems } from '../../../domain/tables.ts';
import { millis } from '../../../domain/time.ts';
import { itemParser } from '../parse-item.ts';

/** The key of a limiter's item in the Endpoints table. */
export const limiterKeyOf = (limiterKey: string) => ({
  tenant: `${otherItems.limiter}${limiterKey}`,
  id: 'limiter',
});

/** A limiter's item. Each lease is an attribute of its own, so that a write names only the ones that it changes. */
const KnownAttributes = v.object({
  nextAt: v.optional(Instant),
  failures: v.optional(Count, 0),
  failingSince: v.optional(Instant),
  failedAt: v.optional(Instant),
  openUntil: v.optional(Instant),
  openedAt: v.optional(Instant),
  probe: v.optional(Instant),
  retryAfter: v.optional(Instant),
  probes: v.optional(Count, 0),
  provenAt: v.optional(Instant),
  slowAt: v.optional(Instant),
  slowLeft: v.optional(Count),
  answerMs: v.optional(v.pipe(FiniteNumber, v.transform(millis))),
  reservedUntil: v.optional(Instant),
});
const LimiterItem = v.looseObject(KnownAttributes.entries);
const LeaseAttribute = v.object({ count: Count, until: Instant });

/** The attribute of a lease. */
export const leaseName = (token: string): string => `slot${token}`;

/** @throws MalformedItemError */
export const parseLimiterItem = itemParser('limiter', 'Endpoints', LimiterItem);

/** @param item undefined for an endpoint that has had no request @throws MalformedItemError */
export function parseLimiter(item: unknown): LimiterState {
  const known = parseLimiterItem(item ?? {});
  const slots = Object.entries(known).flatMap(([name, value]) => {
    const lease = v.safeParse(LeaseAttribute, value);
    return name.startsWith('slot') && lease.success ? [[name.slice('slot'.length), lease.output]] : [];
  });
  return { ...v.parse(KnownAttributes, known), slots: Object.fromEntries(slots) };
}
