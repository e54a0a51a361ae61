import { expect, it } from 'vitest';
import { coreScenarios } from './scenarios.ts';
import { simulate } from './simulation.ts';

it('a delay of an hour is on no queue: the due index holds it, and the sweep sends it', async () => {
  const [hour] = coreScenarios.filter(({ name }) => name === 'a delay of an hour');
  if (hour === undefined) throw new Error('there is no such scenario');

  const { calls, deliveries, violations } = await simulate(hour);

  expect(violations).toEqual([]);
  expect(calls).not.toContain('sendTask');
  expect(calls.filter((call) => call === 'sendTasks')).toHaveLength(2);
  const [first, second] = deliveries[0]?.attemptLog ?? [];
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3_600_000);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(3_605_000);
});
