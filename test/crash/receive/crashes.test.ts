import { describe, expect, it } from 'vitest';
import { crashes, networkFaults } from '../explore.ts';
import { explorePartialBatches, exploreReceiver } from './explore-receive.ts';
import { scenarios } from './scenarios.ts';

describe('the promises of λ receive hold', { timeout: 120_000 }, () => {
  it.each(scenarios)(
    '$name: λ receive keeps its promises with one or two crashes or lost answers anywhere',
    async (scenario) => {
      const { points, violations } = await exploreReceiver(scenario, [...crashes, ...networkFaults], crashes);

      expect(violations).toEqual([]);
      expect(points).toBeGreaterThanOrEqual(4);
    },
  );

  it.each(scenarios)(
    '$name: λ receive keeps its promises when the queue takes a part of a batch',
    async (scenario) => {
      expect(await explorePartialBatches(scenario)).toEqual([]);
    },
  );
});
