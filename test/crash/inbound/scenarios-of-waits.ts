import type { Doing, HandlerRun, Scenario } from './scenario.ts';

const fails = (): Doing => 'fails';
const failsTwice = ({ earlier }: HandlerRun): Doing => (earlier < 2 ? 'fails' : 'succeeds');

/** Waits that are too long for the queue's in-flight places. */
export const scenariosOfWaits: readonly Scenario[] = [
  {
    name: 'waits that are all long',
    phases: [{ send: ['evt_1'] }],
    handler: fails,
    ends: { evt_1: 'failed' },
    runs: { evt_1: 4 },
    handlerRetryDelays: [600, 600, 600],
    sentBack: 3,
    claims: 4,
  },
  {
    name: 'a redelivery in a long wait',
    phases: [{ send: ['evt_1'], sendLate: [{ id: 'evt_1', after: 30 }] }],
    handler: failsTwice,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
    handlerRetryDelays: [120, 300, 120, 120],
    // The redelivery joins the first wait, and is superseded in the second, or a duplicate.
    sentBack: 3,
  },
  {
    name: 'a long wait of a batch',
    phases: [{ send: ['evt_1', 'evt_2', 'evt_ignored'] }],
    handler: ({ earlier }) => (earlier < 1 ? 'fails' : 'succeeds'),
    ends: { evt_1: 'processed', evt_2: 'processed', evt_ignored: 'ignored' },
    runs: { evt_1: 2, evt_2: 2 },
    handlerRetryDelays: [120, 120, 120, 120],
    sentBack: 2,
    claims: 5,
  },
  {
    name: 'a queue that takes nothing back',
    phases: [{ send: ['evt_1'] }],
    handler: failsTwice,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
    handlerRetryDelays: [120, 1000, 120, 120],
    variant: {
      below: (ports) => ({ ...ports, sendBack: () => Promise.reject(new Error('no queue')) }),
    },
  },
  {
    name: 'a killer after a long wait',
    phases: [{ send: ['evt_1'] }],
    handler: ({ earlier }) => (['fails', 'kills'] as const)[earlier] ?? 'succeeds',
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
    handlerRetryDelays: [120, 120, 120, 120],
  },
  {
    name: 'a failure after long waits, and then a replay',
    phases: [{ send: ['evt_1'] }, { replay: 'evt_1' }],
    handler: ({ phase }) => (phase === 0 ? 'fails' : 'succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 4 },
    handlerRetryDelays: [61, 61],
  },
  {
    // Its second hop and the killer are one batch; and so are a redelivery that joins a wait, and another killer.
    name: 'a long wait beside killers',
    phases: [
      { send: ['evt_1'], sendLate: [{ id: 'evt_killer', after: 900 }] },
      { send: ['evt_2'], sendLate: ['evt_2', 'evt_killer_2'].map((id) => ({ id, after: 30 })) },
    ],
    handler: ({ id, earlier }) =>
      id.startsWith('evt_killer') ? 'kills late' : earlier < 1 ? 'fails' : 'succeeds',
    ends: { evt_1: 'processed', evt_2: 'processed', evt_killer: 'failed', evt_killer_2: 'failed' },
    runs: { evt_1: 2, evt_2: 2, evt_killer: 3, evt_killer_2: 3 },
    handlerRetryDelays: [1000, 120],
    // Two hops; then two hops of the event, and two of its redelivery.
    sentBack: 6,
  },
  {
    name: 'a failure after a long wait',
    phases: [{ send: ['evt_1'] }],
    handler: fails,
    ends: { evt_1: 'failed' },
    runs: { evt_1: 2 },
    handlerRetryDelays: [61],
    // Long enough for the event to end meanwhile: a message that was deleted must not claim it then.
    stallMs: 200_000,
  },
];
