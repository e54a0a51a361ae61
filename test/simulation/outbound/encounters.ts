import { chance, type Draws, pick } from '../draws.ts';
import type { Fault, PlannedFault, When } from './faults.ts';
import type { PlannedAct } from './story.ts';

/** Acts and faults that meet at one call, which chance alone seldom brings together. */
export interface Encounter {
  readonly acts: readonly PlannedAct[];
  readonly faults: readonly PlannedFault[];
}

const act = (kind: PlannedAct['kind'], at: PlannedAct['at']): PlannedAct => ({
  kind,
  at,
  target: 0,
  toCurrentEndpoint: false,
});

const fault = (name: string, nth: number, kind: 'dies' | 'rejects', when: When): PlannedFault => ({
  at: { name, nth },
  fault: { kind, when },
});

/** An endpoint changes while a test of it is on the publish queue. */
const testMeanwhile = (story: Draws): Encounter => ({
  acts: [
    act('test', { second: 0 }),
    act(pick(story, ['disable', 'recreate', 'delete']), { name: 'sendPublication', nth: 0 }),
  ],
  faults: [],
});

/** An endpoint is enabled between the read of a publisher or worker and its write. */
const enabledMeanwhile = (story: Draws): Encounter => ({
  acts: [
    act('disable', { second: 0 }),
    act('enable', { name: pick(story, ['deliveries.create', 'deliveries.hold']), nth: 0 }),
  ],
  faults: [],
});

/** A publisher dies with its work half done, and its endpoint changes before the message comes again. */
const deadPublisher = (story: Draws): Encounter => ({
  acts: [act(pick(story, ['delete', 'recreate', 'disable']), { second: pick(story, [10, 1]) })],
  faults: [fault(pick(story, ['manifests.add', 'sendTasks', 'acknowledge']), 0, 'dies', 'before')],
});

/** A publisher dies without its manifest, and the next one cannot write it. */
const lostManifest = (): Encounter => ({
  acts: [],
  faults: [fault('manifests.add', 0, 'dies', 'before'), fault('manifests.add', 1, 'rejects', 'before')],
});

/** The tables go away just before a record. */
const unwritten = (story: Draws): Encounter => {
  const outage: Fault = { kind: 'outage', of: 'tables', ms: pick(story, [60_000, 1_000]) };
  const replay = act('retry', { second: 130 });
  return {
    acts: pick(story, [false, true]) ? [replay] : [],
    faults: [{ at: { name: 'deliveries.record', nth: 0 }, fault: outage }],
  };
};

/** An event is split while an endpoint is made anew, or its ranges wait. */
const remadeMeanwhile = (story: Draws): Encounter => ({
  acts: [act('recreate', { name: pick(story, ['sendRanges', 'events.create', 'events.split']), nth: 0 })],
  faults: [],
});

const none: Encounter = { acts: [], faults: [] };

export const drawEncounter = (story: Draws): Encounter =>
  chance(story, 30)
    ? pick(story, [testMeanwhile, enabledMeanwhile, deadPublisher, lostManifest, unwritten, remadeMeanwhile])(
        story,
      )
    : none;
