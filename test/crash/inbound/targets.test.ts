import { expect, it } from 'vitest';
import { crashes, explore, type Fault, networkFaults, stalls } from '../explore.ts';
import { mistakesOfTargets } from './mutants-of-targets.ts';
import { playScenario } from './promises.ts';
import { scenariosOfTargets } from './scenarios-of-targets.ts';

it.each(scenariosOfTargets)(
  '$name: the promises hold with one or two crashes, stalls or lost answers anywhere',
  async (scenario) => {
    const faults = [...crashes, ...networkFaults, ...stalls];

    const { points, violations } = await explore((at) => playScenario(scenario, at), faults, crashes);

    expect(violations).toEqual([]);
    expect(points).toBeGreaterThan(0);
  },
  60_000,
);

/** A mutant, a scenario and the faults that show it, and the promise that it breaks. */
const bites: readonly (readonly [keyof typeof mistakesOfTargets, string, readonly Fault[], string])[] = [
  ['does not wait for its target', 'two events for a target: bus', crashes, 'the target has not got evt_1'],
  ['treats a refusal of its target as taken', 'a target that fails twice: topic', [], 'has not got evt_1'],
  [
    'gives a repeat to its target under another id',
    'two events for a target: stateMachine',
    crashes,
    '2 executions of evt_1 were started',
  ],
  [
    'gives a repeat to its target under another id',
    'two events for a target: queue',
    crashes,
    'cannot recognise a repeat of evt_1',
  ],
  [
    'gives a repeat to its target with other bytes',
    'two events for a target: function',
    crashes,
    'cannot recognise a repeat of evt_1',
  ],
];

it.each(bites)('the mutant that %s is caught by: %s', async (mistake, name, faults, violation) => {
  const scenario = scenariosOfTargets.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario '${name}'`);
  const variant = mistakesOfTargets[mistake];

  const { violations } = await explore((at) => playScenario(scenario, at, { variant }), faults);

  expect(violations.filter((text) => text.includes(violation))).not.toEqual([]);
});

it('every mutant of targets is caught by a scenario', () => {
  expect(new Set(Object.keys(mistakesOfTargets))).toEqual(new Set(bites.map(([mistake]) => mistake)));
});
