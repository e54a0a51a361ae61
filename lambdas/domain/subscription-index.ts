import type { Subscription } from './subscription.ts';

/** Finds subscriptions by event type. */
export interface SubscriptionIndex<Of extends Subscription> {
  /** Those with a pattern that matches the type, each once, in the order in which they were given; filters are not looked at. */
  matching(eventType: string): readonly Of[];
}

/** Indexes subscriptions by their patterns, so that finding some takes as long as there are matching ones. */
export function subscriptionIndex<Of extends Subscription>(all: readonly Of[]): SubscriptionIndex<Of> {
  const byPattern = new Map<string, number[]>();
  for (const [at, { eventTypes }] of all.entries()) {
    for (const pattern of new Set(eventTypes)) {
      const places = byPattern.get(pattern);
      if (places === undefined) byPattern.set(pattern, [at]);
      else places.push(at);
    }
  }
  return {
    matching(eventType) {
      const places = new Set(patternsOf(eventType).flatMap((pattern) => byPattern.get(pattern) ?? []));
      return [...places].sort((a, b) => a - b).flatMap((at) => all[at] ?? []);
    },
  };
}

/** The patterns that match a type: `*`, `invoice.*` and `invoice.paid` for `invoice.paid`. */
function patternsOf(eventType: string): readonly string[] {
  const patterns = ['*', eventType];
  for (let dot = eventType.indexOf('.'); dot !== -1; dot = eventType.indexOf('.', dot + 1)) {
    patterns.push(`${eventType.slice(0, dot)}.*`);
  }
  return [...new Set(patterns)];
}
