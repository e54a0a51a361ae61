import { describe, expect, it } from 'vitest';
import type { CallPlaces, CrashPoint } from './crash-script.ts';
import { distinctCrashes } from './distinct-crashes.ts';
import { crashWorld } from './inbound/crash-world.ts';
import { scenarios as inboundScenarios } from './inbound/scenarios.ts';
import { scenariosOfWaits } from './inbound/scenarios-of-waits.ts';
import { basicScenarios } from './outbound/scenarios.ts';
import { scenariosOfTwoTasks } from './outbound/scenarios-of-two-tasks.ts';
import { simulate } from './outbound/simulation.ts';

interface Played {
  readonly places: readonly CallPlaces[];
  /** All that can be seen of the world at the end. */
  readonly end: unknown;
}
type Play = (points: readonly CrashPoint[]) => Promise<Played>;

/** Its runs are the longest by far. */
const longest = 'an endpoint that is never enabled again';
const shorter = [...basicScenarios, ...scenariosOfTwoTasks].filter(({ name }) => name !== longest);
const outbound: readonly (readonly [string, Play])[] = shorter.map((scenario) => [
  `outbound, ${scenario.name}`,
  async (points) => {
    const { calls: _, places, requestsOfCalls: _requests, ...end } = await simulate(scenario, points);
    return { places, end };
  },
]);
const inbound: readonly (readonly [string, Play])[] = [...inboundScenarios, ...scenariosOfWaits].map(
  (scenario) => [
    `inbound, ${scenario.name}`,
    async (points) => {
      const world = crashWorld(scenario, points);
      // A process that dies counts less, and only that.
      const { statuses: _, ...observed } = await world.play();
      const end = JSON.stringify(observed, mapsAsEntries);
      return { end, places: world.history.places };
    },
  ],
);

const mapsAsEntries = (_key: string, value: unknown) => (value instanceof Map ? [...value] : value);
const crashesAt = (call: number): CrashPoint[] => [
  { call, when: 'before' },
  { call, when: 'after' },
];

describe('a crash that the enumerations leave out', () => {
  it.each([...outbound, ...inbound])('ends like the one that stands for it: %s', async (_name, play) => {
    const honest = await play([]);
    const all = honest.places.flatMap((_, call) => crashesAt(call));
    const kept = distinctCrashes(all, honest.places);
    const placeOf = ({ call, when }: CrashPoint) => honest.places[call]?.[when];
    const leftOut = all.filter((point) => !kept.includes(point));

    expect(leftOut.length).toBeGreaterThan(0);
    for (const point of leftOut) {
      const twin = kept.find((other) => placeOf(other) === placeOf(point));

      expect((await play([point])).end).toEqual(twin === undefined ? honest.end : (await play([twin])).end);
    }
  });
});

describe('the crashes of a run', () => {
  it('are told apart by their processes, effects and moments', () => {
    const places = [
      { before: 'a', after: 'b' },
      { before: 'b', after: undefined },
      { before: 'c', after: 'd' },
    ];
    const points = places.flatMap((_, call) => crashesAt(call));

    expect(distinctCrashes(points, places)).toEqual([
      { call: 0, when: 'before' },
      { call: 0, when: 'after' },
      { call: 2, when: 'before' },
      { call: 2, when: 'after' },
    ]);
  });
});
