import type { UnixMillis } from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';

/** Each step of an event's fan-out as one conditional update. */
export const fanOutUpdates = {
  mark: (id: string, at: UnixMillis): ConditionalUpdate => ({
    id,
    set: { fannedOutAt: at },
    condition: '#isWide = :wide',
    changesOnly: true,
    values: { wide: true },
  }),

  /** Makes an event for single endpoints one for the whole tenant. Earlier versions marked those events, too. */
  widen: (id: string): ConditionalUpdate => ({
    id,
    set: { isWide: true, fannedOutAt: undefined },
    condition: 'attribute_exists(#id) AND attribute_not_exists(#isWide)',
    values: {},
  }),

  /** Notes the ranges of a large tenant, unless they are noted or done. */
  split: (id: string, ranges: readonly string[]): ConditionalUpdate => ({
    id,
    set: { rangesLeft: new Set(ranges) },
    condition:
      'attribute_exists(#id) AND attribute_not_exists(#rangesLeft) AND attribute_not_exists(#fannedOutAt)',
    values: {},
  }),

  /** Removes a range from those that are left. */
  rangeDone: (id: string, range: string): ConditionalUpdate => ({
    id,
    more: 'DELETE #rangesLeft :range',
    condition: 'attribute_exists(#id)',
    values: { range: new Set([range]) },
  }),
};
