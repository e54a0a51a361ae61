import type { Doing, HandlerRun, Scenario } from './scenario.ts';

const always = (doing: Doing) => () => doing;
const failsTwice = ({ earlier }: HandlerRun): Doing => (earlier < 2 ? 'fails' : 'succeeds');
const failsForGoodAtFirst = ({ phase }: HandlerRun): Doing => (phase === 0 ? 'fails for good' : 'succeeds');
const onlyOf =
  (bad: string, doing: Doing) =>
  (run: HandlerRun): Doing =>
    run.id === bad ? doing : 'succeeds';

/** Scenarios of one worker. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'one event',
    phases: [{ send: ['evt_1'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 1 },
  },
  {
    name: 'a batch of three',
    phases: [{ send: ['evt_1', 'evt_2', 'evt_3'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'processed', evt_2: 'processed', evt_3: 'processed' },
    runs: { evt_1: 1, evt_2: 1, evt_3: 1 },
  },
  {
    name: 'one id twice in a batch',
    phases: [{ send: ['evt_1', 'evt_1'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 1 },
  },
  {
    name: 'one id in two batches',
    phases: [{ send: ['evt_1', 'evt_1'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 1 },
    batchSize: 1,
  },
  {
    name: 'a handler that fails twice',
    phases: [{ send: ['evt_1'] }],
    handler: failsTwice,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
  },
  {
    name: 'a handler that always fails',
    phases: [{ send: ['evt_1'] }],
    handler: always('fails'),
    ends: { evt_1: 'failed' },
    runs: { evt_1: 5 },
    sentBack: 3,
    claims: 5,
  },
  {
    name: 'a handler that fails for good, beside one that does not',
    phases: [{ send: ['evt_bad', 'evt_1'] }],
    handler: onlyOf('evt_bad', 'fails for good'),
    ends: { evt_bad: 'failed', evt_1: 'processed' },
    runs: { evt_bad: 1, evt_1: 1 },
  },
  {
    name: 'an event without a handler',
    phases: [{ send: ['evt_ignored'] }],
    handler: always('succeeds'),
    ends: { evt_ignored: 'ignored' },
    runs: {},
  },
  {
    name: 'a large event without a handler',
    phases: [{ send: ['evt_ignored_large'] }],
    handler: always('succeeds'),
    ends: { evt_ignored_large: 'ignored' },
    runs: {},
  },
  {
    name: 'a message that is not an event',
    phases: [{ send: ['not JSON', 'evt_1'] }],
    handler: always('succeeds'),
    ends: { 'message-1': 'unusable', evt_1: 'processed' },
    runs: { evt_1: 1 },
  },
  {
    name: 'an event that kills its worker between two healthy ones',
    phases: [{ send: ['evt_1', 'evt_killer', 'evt_2'] }],
    handler: onlyOf('evt_killer', 'kills'),
    ends: { evt_1: 'processed', evt_killer: 'failed', evt_2: 'processed' },
    runs: { evt_1: 2, evt_killer: 5, evt_2: 2 },
  },
  {
    name: 'a handler that hangs beside one that does not',
    phases: [{ send: ['evt_hung', 'evt_1'] }],
    handler: onlyOf('evt_hung', 'hangs'),
    ends: { evt_hung: 'failed', evt_1: 'processed' },
    runs: { evt_hung: 5, evt_1: 1 },
  },
  {
    name: 'a redelivery after the success',
    phases: [{ send: ['evt_1'] }, { send: ['evt_1'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 1 },
  },
  {
    name: 'a redelivery after the failure',
    phases: [{ send: ['evt_1'] }, { send: ['evt_1'] }],
    handler: failsForGoodAtFirst,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 2 },
  },
  {
    name: 'a replay after the failure',
    phases: [{ send: ['evt_1'] }, { replay: 'evt_1' }],
    handler: failsForGoodAtFirst,
    ends: { evt_1: 'processed' },
    runs: { evt_1: 2 },
  },
  {
    name: 'a replay of a large event after the failure',
    phases: [{ send: ['evt_large'] }, { replay: 'evt_large' }],
    handler: failsForGoodAtFirst,
    ends: { evt_large: 'processed' },
    runs: { evt_large: 2 },
  },
  {
    name: 'a table that cannot be reached',
    phases: [{ send: ['evt_1'] }],
    handler: always('succeeds'),
    ends: { evt_1: 'moved' },
    runs: { evt_1: 0 },
    maxReceiveCount: 5,
    variant: {
      below: (ports) => ({
        ...ports,
        inboundEvents: { ...ports.inboundEvents, claim: () => Promise.reject(new Error('no table')) },
      }),
    },
  },
];
