import { expect, it } from 'vitest';
import type { Item } from '../../testing/memory/dynamodb/values.ts';
import type { Step } from '../crash/port-call.ts';
import { brokenOtherwise } from './otherwise.ts';
import type { Rule } from './step.ts';

const was = { id: 'dlv_1', claims: 1 };

const step = (would: Step['would']): Step => ({ name: 'record', args: [], was, is: was, now: 0, would });

const claimsChanged = (): Readonly<Record<string, readonly number[]>> => ({ claims: [2] });
const rulesOf = ({ was: other }: Step): readonly Rule[] => [
  [other === undefined, 'an item that is gone was written'],
  [other?.['claims'] === 2, 'a later claim was overwritten'],
];

it('a write that drops one of its conditions is noticed, although the item in the run meets all of them', () => {
  const isThere = (other: Item | undefined) => other;

  expect(brokenOtherwise(step(isThere), claimsChanged, rulesOf)).toEqual([
    'a write does not refuse what it has to: a later claim was overwritten',
  ]);
});

it('a write that refuses every other item breaks no promise', () => {
  const isAsSeen = (other: Item | undefined) => (other?.['claims'] === 1 ? other : undefined);

  expect(brokenOtherwise(step(isAsSeen), claimsChanged, rulesOf)).toEqual([]);
});

it('a write that makes an item anew is noticed', () => {
  const always = (other: Item | undefined) => other ?? { id: 'dlv_1' };

  expect(brokenOtherwise(step(always), () => ({}), rulesOf)).toEqual([
    'a write does not refuse what it has to: an item that is gone was written',
  ]);
});
