import type { RemoteKind } from '../../../lambdas/domain/target.ts';
import type { HandlerRun, Scenario } from './scenario.ts';

const kinds: readonly RemoteKind[] = ['bus', 'queue', 'topic', 'function', 'stateMachine'];

const of = (target: RemoteKind): readonly Scenario[] => [
  {
    name: `two events for a target: ${target}`,
    target,
    phases: [{ send: ['evt_1', 'evt_large'] }, { send: ['evt_1'] }],
    handler: () => 'succeeds',
    ends: { evt_1: 'processed', evt_large: 'processed' },
    runs: { evt_1: 1, evt_large: 1 },
  },
  {
    name: `a target that fails twice: ${target}`,
    target,
    phases: [{ send: ['evt_1'] }],
    handler: ({ earlier }: HandlerRun) => (earlier < 2 ? 'fails' : 'succeeds'),
    ends: { evt_1: 'processed' },
    runs: { evt_1: 3 },
  },
  {
    name: `a target that refuses one event for good, and takes it after a replay: ${target}`,
    target,
    phases: [{ send: ['evt_bad', 'evt_1'] }, { replay: 'evt_bad' }],
    handler: ({ id, phase }: HandlerRun) => (id === 'evt_bad' && phase === 0 ? 'fails for good' : 'succeeds'),
    ends: { evt_bad: 'processed', evt_1: 'processed' },
    runs: { evt_bad: 2, evt_1: 1 },
  },
];

/** Scenarios of a source whose events go to a target of each kind. */
export const scenariosOfTargets: readonly Scenario[] = kinds.flatMap(of);
