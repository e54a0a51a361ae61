import { defineHandlers, type Handler, PermanentFailure } from '../../lambdas/domain/handler.ts';

/** Handlers that note each run as `id attempt` and do what the script says for it; the last entry stays. */
export function scripted(...script: (() => void | Promise<void>)[]) {
  const runs: string[] = [];
  const handler: Handler = async (event, { attemptNumber }) => {
    runs.push(`${event.id} ${attemptNumber}`);
    await (script[runs.length - 1] ?? script.at(-1))?.();
  };
  return { runs, handlers: defineHandlers('stripe', { 'invoice.*': handler }) };
}

export const succeed = () => undefined;
export const fail = () => {
  throw new Error('database is down');
};
export const failForGood = () => {
  throw new PermanentFailure('no such customer');
};
