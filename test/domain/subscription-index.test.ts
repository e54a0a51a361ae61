import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wantsType } from '../../lambdas/domain/subscription.ts';
import { subscriptionIndex } from '../../lambdas/domain/subscription-index.ts';

const word = fc.constantFrom('a', 'b', 'invoice', '*', '');
const type = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
const pattern = fc.oneof(
  fc.constant('*'),
  type,
  type.map((prefix) => `${prefix}.*`),
);
const subscription = fc.record({ eventTypes: fc.array(pattern, { maxLength: 4 }) });

it('an index finds the subscriptions of any type that a look at each of them finds, in the same order', () => {
  fc.assert(
    fc.property(fc.array(subscription, { maxLength: 12 }), type, (all, eventType) => {
      const found = subscriptionIndex(all).matching(eventType);

      expect(found).toEqual(all.filter(({ eventTypes }) => wantsType(eventTypes, eventType)));
    }),
  );
});
