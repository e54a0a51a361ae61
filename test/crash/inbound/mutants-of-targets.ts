import type { Handler } from '../../../lambdas/domain/handler.ts';
import type { Variant } from './scenario.ts';

/** Changes how an event is given to a target. */
const givesBy = (change: (run: Handler) => Handler): Variant => ({
  above: (ports) => ({
    ...ports,
    findTargets: (...args) => {
      const route = ports.findTargets(...args);
      return route && { ...route, run: change(route.run) };
    },
  }),
});

/** Mutants of targets. */
export const mistakesOfTargets = {
  'does not wait for its target': givesBy((run) => async (event, context) => {
    run(event, context).catch(() => undefined);
  }),

  'treats a refusal of its target as taken': givesBy(
    (run) => (event, context) => run(event, context).catch(() => undefined),
  ),

  'gives a repeat to its target under another id': givesBy(
    (run) => (event, context) =>
      run(
        context.attemptNumber === 1 ? event : { ...event, id: `${event.id}_${context.attemptNumber}` },
        context,
      ),
  ),

  'gives a repeat to its target with other bytes': givesBy(
    (run) => (event, context) =>
      run({ ...event, headers: { attempt: String(context.attemptNumber) } }, context),
  ),
} satisfies Record<string, Variant>;
