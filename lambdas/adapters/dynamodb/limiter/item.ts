import * as v from 'valibot';
import { Count, FiniteNumber, Instant } from '../../../domain/instant-fields.ts';
import type { LimiterState } from '../../../domain/limiter.ts';
import { otherItems } from '../../../domain/tables.ts';
import { millis, unixMillis } from '../../../domain/time.ts';
import { itemParser } from '../parse-item.ts';

/** The key of a limiter's item in the Endpoints table. */
export const limiterKeyOf = (limiterKey: string) => ({
  tenant: `${otherItems.limiter}${limiterKey}`,
  id: 'limiter',
});

/** A limiter's item. Each slot is a separate attribute, so that writes to two slots do not conflict. */
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
/** A slot is an attribute `slot…`: until when it is taken. */
const LimiterItem = v.looseObject(KnownAttributes.entries);
/** @throws MalformedItemError */
export const parseLimiterItem = itemParser('limiter', 'Endpoints', LimiterItem);

/** @param item undefined for an endpoint that has had no request @throws MalformedItemError */
export function parseLimiter(item: unknown): LimiterState {
  const known = parseLimiterItem(item ?? {});
  const slots = Object.entries(known)
    .filter((entry): entry is [string, number] => entry[0].startsWith('slot') && typeof entry[1] === 'number')
    .map(([name, until]) => [name.slice('slot'.length), unixMillis(until)]);
  return { ...v.parse(KnownAttributes, known), slots: Object.fromEntries(slots) };
}
