import type { Seconds } from '../../../lambdas/domain/time.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { type Answer, answer, hangs, kills } from '../../crash/outbound/scenario.ts';
import { chance, type Draws, pick, several } from '../draws.ts';
import { drawEncounter } from './encounters.ts';
import { type CallNames, drawFault, drawWhere, type Moment, type PlannedFault, stallMs } from './faults.ts';
import { type actKinds, actsOf, callsOf, type Theme, themes } from './themes.ts';

/** An endpoint of a tenant, from the beginning of the run. */
export interface EndpointPlan {
  readonly id: string;
  readonly tenant: string;
  /** Its answers in turn; the last one repeats. */
  readonly answers: readonly Answer[];
  /** Takes events of this kind only. */
  readonly filter?: 'a' | 'b';
  readonly maxConcurrent?: number;
  readonly maxPerSecond?: number;
}

interface PlannedPublication {
  readonly at: Moment;
  readonly message: object;
}

/** What a person asks of the management API. */
export interface PlannedAct {
  readonly at: Moment;
  readonly kind: (typeof actKinds)[number];
  /** Which of the endpoints, or of the deliveries that exist by then. */
  readonly target: number;
  readonly toCurrentEndpoint: boolean;
}

/** All that is decided before a run begins. */
export interface Story {
  readonly retryDelays: readonly Seconds[];
  readonly breakAfter: number;
  /** An endpoint that fails for this long is disabled. */
  readonly disableAfter: Seconds;
  readonly endpoints: readonly EndpointPlan[];
  readonly publications: readonly PlannedPublication[];
  readonly acts: readonly PlannedAct[];
  readonly faults: readonly PlannedFault[];
  readonly deliverWorkers: number;
  readonly publishWorkers: number;
  readonly sweepsAtOnce: number;
  readonly batchSize: number;
  /** How long each delivery may take; undefined: as long as its schedule gives it. */
  readonly lifetime?: Seconds;
  /** Goes on until what is held has been held for too long. */
  readonly isPatient: boolean;
  /** The most endpoints, or deliveries of an index, that one read returns. */
  readonly pageSize: number;
  /** How many keys of a batch read are answered at once; undefined: all. */
  readonly batchTakes?: number;
  /** How often, in percent, a read that need not be consistent sees an item as it was. */
  readonly latePercent: number;
  /** How often, in percent, a message is received once more at once. */
  readonly twicePercent: number;
  readonly msPerCall: number;
}

/** Draws a story. Each theme makes some of its parts meet more often. */
export function drawStory(story: Draws): Story {
  const theme = pick(story, themes);
  const isDown = theme === 'down';
  const endpoints = drawEndpoints(story, theme);
  const retryDelays = delaysFor(story, isDown);
  const lifetime = longestShort(retryDelays) && chance(story, 25) ? seconds(3_600) : undefined;
  const publications = drawPublications(story, theme, endpoints);
  const met = drawEncounter(story);
  const acts = [...met.acts, ...drawActs(story, theme)];
  const isLate = mayBeLate(theme, story);
  const percent = pick(story, [0, 70, 70, 80]);
  const isPatient = theme === 'held' && chance(story, 20);
  return {
    retryDelays: retryDelays.map(seconds),
    breakAfter: isDown ? 2 : pick(story, [5, 5, 2]),
    disableAfter: seconds(pick(story, [432_000, 432_000, 432_000, 120])),
    endpoints: isLate ? endpoints.map(goodFirst) : endpoints,
    publications: isPatient ? publications.map(soon) : publications,
    acts: isPatient ? acts.map(soon) : acts,
    faults: [
      ...met.faults,
      ...(percent > 0 ? drawFaults(story, theme, percent, [...publications, ...acts]) : []),
      ...(percent > 0 && lifetime !== undefined ? longOutage(story, callsOf[theme]) : []),
      ...(isLate ? [lateAnswer(story)] : []),
    ],
    deliverWorkers: 1 + story.below(3),
    publishWorkers: 1 + story.below(2),
    sweepsAtOnce: 1 + story.below(2),
    batchSize: pick(story, [5, 1, 2]),
    lifetime,
    isPatient,
    pageSize: pick(story, theme === 'wide' ? [2, 3] : [50, 2]),
    batchTakes: pick(story, [undefined, undefined, 1]),
    latePercent: pick(story, [0, 0, 30]),
    twicePercent: pick(story, [0, 0, 25]),
    msPerCall: pick(story, [0, 1, 40]),
  };
}

/** A place that is reached late, or never, would be past the retention of what a patient story delivered. */
const soon = <Planned extends { readonly at: Moment }>(planned: Planned): Planned =>
  'second' in planned.at ? planned : { ...planned, at: { second: 10 } };

/** Whether an hour is enough for the schedule. */
const longestShort = (delays: readonly number[]): boolean =>
  delays.reduce((sum, delay) => sum + delay, 0) <= 130;

/** What happens at a call often finds the process that makes it standing still there. */
function meeting(story: Draws, at: Moment): PlannedFault[] {
  if ('second' in at || !chance(story, 35)) return [];
  return [{ at, fault: { kind: 'stalls', when: pick(story, ['before', 'after']), ms: stallMs(story) } }];
}

function drawActs(story: Draws, theme: Theme): PlannedAct[] {
  const percent = theme === 'few' || theme === 'crashes' ? 20 : 65;
  const acts = several(story, 5, percent, () => drawAct(story, theme));
  return theme === 'held' && chance(story, 60) ? [...roundTrip(story), ...acts] : acts;
}

function drawFaults(
  story: Draws,
  theme: Theme,
  percent: number,
  planned: readonly { readonly at: Moment }[],
): PlannedFault[] {
  return [
    ...several(story, 5, percent, () => drawFault(story, callsOf[theme])),
    ...planned.flatMap(({ at }) => meeting(story, at)),
    ...(planned.length > 1 && chance(story, 25) ? [outageOf(story, callsOf[theme])] : []),
  ];
}

const mayBeLate = (theme: Theme, story: Draws): boolean => theme === 'crashes' && chance(story, 40);

/** An endpoint is disabled while something is under way, and enabled again. */
const roundTrip = (story: Draws): PlannedAct[] => {
  const both = { target: 0, toCurrentEndpoint: false };
  return [
    { ...both, kind: 'disable', at: { second: pick(story, [0, 0, 1]) } },
    { ...both, kind: 'enable', at: { second: pick(story, [61, 10, 700]) } },
  ];
};

/** The first request succeeds, and its worker stands still until another one has the delivery. */
const lateAnswer = (story: Draws): PlannedFault => ({
  at: { name: 'post', nth: 0 },
  fault: { kind: 'stalls', when: 'after', ms: pick(story, [100_000, 500_000]) },
});

const goodFirst = (plan: EndpointPlan): EndpointPlan => ({
  ...plan,
  answers: [answer(200), answer(503), ...plan.answers],
});

/** A service is away while people act on the endpoints of a tenant. */
const outageOf = (story: Draws, ofStory: CallNames): PlannedFault => ({
  at: drawWhere(story, ofStory),
  fault: {
    kind: 'outage',
    of: pick(story, ['queues', 'tables', 'everything']),
    ms: pick(story, [60_000, 600_000]),
  },
});

/** Longer than a delivery may take. */
const longOutage = (story: Draws, ofStory: CallNames): PlannedFault[] =>
  chance(story, 60)
    ? [
        {
          at: drawWhere(story, ofStory),
          fault: { kind: 'outage', of: pick(story, ['tables', 'everything']), ms: 7_200_000 },
        },
      ]
    : [];

const delaysFor = (story: Draws, isDown: boolean): readonly number[] =>
  isDown
    ? pick<readonly number[]>(story, [Array(8).fill(1), [1, 600, 1, 600, 600], [30, 30, 30, 30]])
    : pick<readonly number[]>(story, [[1, 5], [], [1], [1, 120], [1, 1_200], [600, 600], [3_600]]);

function drawEndpoints(story: Draws, theme: Theme): EndpointPlan[] {
  const most = theme === 'wide' ? 6 : 3;
  const percent = theme === 'wide' ? 85 : 45;
  const first = drawEndpoint(story, 0, theme);
  return [first, ...several(story, most - 1, percent, (index) => drawEndpoint(story, index + 1, theme))];
}

function drawEndpoint(story: Draws, index: number, theme: Theme): EndpointPlan {
  const tenant = index > 1 && chance(story, 15) ? 'beta' : 'acme';
  return {
    id: `e${index}`,
    tenant,
    answers: drawAnswers(story, theme),
    filter: pick(story, [undefined, undefined, undefined, 'a', 'b']),
    maxConcurrent: pick(story, [undefined, undefined, undefined, 1, 2]),
    maxPerSecond: pick(story, [undefined, undefined, undefined, undefined, 1]),
  };
}

function drawAnswers(story: Draws, theme: Theme): Answer[] {
  const good = answer(200);
  const common = theme === 'down' ? 85 : 45;
  const before = several(story, theme === 'down' ? 7 : 3, common, () => drawFailure(story, theme));
  const last = pick(
    story,
    theme === 'replays'
      ? [good, answer(503), answer(404)]
      : [good, good, good, good, answer(503), answer(404), answer(410)],
  );
  return [...before, last];
}

function drawFailure(story: Draws, theme: Theme): Answer {
  const failed = answer(503);
  const deadly = theme === 'crashes' ? kills : failed;
  const slow: Answer = { ...answer(503), ms: 6_000 };
  return pick(story, [failed, failed, failed, deadly, hangs, answer(429, seconds(300)), slow, answer(404)]);
}

function drawMoment(story: Draws, theme: Theme): Moment {
  if (chance(story, 50)) return drawWhere(story, callsOf[theme]);
  return { second: pick(story, [0, 0, 1, 2, 10, 61, 130, 700, 3_700]) };
}

function drawPublications(
  story: Draws,
  theme: Theme,
  endpoints: readonly EndpointPlan[],
): PlannedPublication[] {
  const [first = { id: 'e0', tenant: 'acme' }] = endpoints;
  const one = (): PlannedPublication => ({
    at: chance(story, 40) ? drawMoment(story, theme) : { second: 0 },
    message: drawMessage(story, theme, endpoints.length === 0 ? [first] : endpoints),
  });
  return [one(), ...several(story, theme === 'down' ? 5 : 4, 60, one)];
}

function drawMessage(
  story: Draws,
  theme: Theme,
  endpoints: readonly Pick<EndpointPlan, 'id' | 'tenant'>[],
): object {
  const wide = theme === 'wide' ? 80 : 45;
  const { id, tenant } = endpoints[story.below(endpoints.length)] ?? { id: 'e0', tenant: 'acme' };
  const body = {
    id: `evt_${story.below(3)}`,
    type: 'invoice.paid',
    tenant,
    data: {
      kind: pick(story, ['a', 'b']),
      ...(chance(story, 15) && { filling: 'x'.repeat(33_000) }),
    },
  };
  if (chance(story, wide)) return body;
  const isDirect = chance(story, 15);
  return { ...body, endpoint: isDirect ? { id: 'direct', url: 'https://direct.example/hook' } : { id } };
}

const drawAct = (story: Draws, theme: Theme): PlannedAct => ({
  at: drawMoment(story, theme),
  kind: pick(story, actsOf[theme]),
  target: story.below(4),
  toCurrentEndpoint: chance(story, 30),
});
