import type { Run } from './play.ts';
import type { Failure, Found } from './search.ts';
import { storyText } from './trace.ts';

/** @param seconds that the runs took */
export const summaryText = ({ runs, calls, failure }: Found, seconds: number): string =>
  `${runs} runs with ${calls} calls in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} runs a second: ${
    failure === undefined ? 'every promise was kept' : 'a promise was broken'
  }`;

/** The broken promise and the command that plays it again; with the shortest run, also its story. */
export function failureText({ seed, flow, run }: Failure, short?: Run): string {
  if (short === undefined)
    return [
      `Seed ${seed} (${flow}) breaks a promise:`,
      ...run.violations.map((text) => `  ${text}`),
      `Play it again: npm run simulate -- --seed ${seed} --runs 1 --flow ${flow}`,
    ].join('\n');
  return [
    `The shortest run that breaks it has ${short.calls} calls instead of ${run.calls}:`,
    storyText(short.lines),
    ...short.violations.map((text) => `broken: ${text}`),
  ].join('\n');
}
