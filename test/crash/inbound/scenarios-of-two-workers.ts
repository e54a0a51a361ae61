import type { Doing, HandlerRun, Scenario } from './scenario.ts';

const succeeds = (): Doing => 'succeeds';
const failsTwice = ({ earlier }: HandlerRun): Doing => (earlier < 2 ? 'fails' : 'succeeds');
const failsForGoodAtFirst = ({ phase }: HandlerRun): Doing => (phase === 0 ? 'fails for good' : 'succeeds');
const onlyKills = ({ id }: HandlerRun): Doing => (id === 'evt_killer' ? 'kills' : 'succeeds');

/** Scenarios of two invocations at once that meet at the same events. */
export const scenariosOfTwoWorkers: readonly Scenario[] = [
  {
    name: 'one id in two batches at once',
    phases: [{ send: ['evt_1', 'evt_1'] }],
    handler: succeeds,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 1 },
    batchSize: 1,
    concurrency: 2,
  },
  {
    name: 'one id in three messages, and a handler that fails twice',
    phases: [{ send: ['evt_1', 'evt_1', 'evt_1'] }],
    handler: failsTwice,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
    batchSize: 2,
    concurrency: 2,
  },
  {
    name: 'one id in three messages, and long waits',
    phases: [{ send: ['evt_1', 'evt_1'], sendLate: [{ id: 'evt_1', after: 200 }] }],
    handler: failsTwice,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
    handlerRetryDelays: [120, 1000, 120, 120],
    batchSize: 1,
    concurrency: 2,
  },
  {
    name: 'two events, each in both batches',
    phases: [{ send: ['evt_1', 'evt_2', 'evt_2', 'evt_1'] }],
    handler: succeeds,
    ends: { evt_1: 'processed', evt_2: 'processed' },
    runs: { evt_1: 1, evt_2: 1 },
    batchSize: 2,
    concurrency: 2,
  },
  {
    name: 'an event that kills its worker in one batch, and a healthy one in both',
    phases: [{ send: ['evt_killer', 'evt_1', 'evt_1', 'evt_2'] }],
    handler: onlyKills,
    ends: { evt_killer: 'failed', evt_1: 'processed', evt_2: 'processed' },
    runs: { evt_killer: 5 },
    batchSize: 2,
    concurrency: 2,
  },
  {
    name: 'two people who replay one event at once',
    phases: [{ send: ['evt_1'] }, { replay: 'evt_1', people: 2 }],
    handler: failsForGoodAtFirst,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 2 },
    batchSize: 1,
    concurrency: 2,
  },
  {
    name: 'a redelivery and a replay at once, after the failure',
    phases: [{ send: ['evt_1'] }, { replay: 'evt_1', send: ['evt_1'] }],
    handler: failsForGoodAtFirst,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 2 },
    batchSize: 1,
    concurrency: 2,
  },
];
