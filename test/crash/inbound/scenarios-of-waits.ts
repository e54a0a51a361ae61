import type { Doing, HandlerRun, Scenario } from './scenario.ts';

const fails = (): Doing => 'fails';
const failsTwice = ({ earlier }: HandlerRun): Doing => (earlier < 2 ? 'fails' : 'succeeds');

const killerOr =
  (handler: (run: HandlerRun) => Doing) =>
  (run: HandlerRun): Doing =>
    run.id === 'evt_killer' ? 'kills late' : handler(run);

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
    name: 'a queue that refuses every send',
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
    name: 'an event that kills its worker after a long wait',
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

/** A killer in the batch of a message that is sent back. Played with one fault, because the killer is a fault each time. */
export const longWaitsBesideKillers: readonly Scenario[] = [
  {
    name: 'an event that kills its worker beside the second hop of a long wait',
    phases: [{ send: ['evt_1'], sendLate: [{ id: 'evt_killer', after: 900 }] }],
    handler: killerOr(({ earlier }) => (earlier < 1 ? 'fails' : 'succeeds')),
    ends: { evt_1: 'processed', evt_killer: 'failed' },
    runs: { evt_1: 2, evt_killer: 5 },
    // More than a minute is left when the message comes back from the killer's batch.
    handlerRetryDelays: [1700, 120, 120, 120],
    sentBack: 2,
  },
  {
    name: 'an event that kills its worker beside a redelivery that joins a long wait',
    phases: [{ send: ['evt_1'], sendLate: ['evt_1', 'evt_killer'].map((id) => ({ id, after: 30 })) }],
    handler: killerOr(({ earlier }) => (earlier < 1 ? 'fails' : 'succeeds')),
    ends: { evt_1: 'processed', evt_killer: 'failed' },
    runs: { evt_1: 2, evt_killer: 5 },
    handlerRetryDelays: [1000, 120, 120, 120],
    // Two hops of the event, and two of its redelivery.
    sentBack: 4,
  },
];
