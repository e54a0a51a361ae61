import { styleText } from 'node:util';
import type { LocalOutputs } from './outputs.ts';

/** What is shown once all is up: where everything is, and what to try next. */
export function whatRuns(outputs: LocalOutputs, metricsUrl: string, seconds: number): string {
  const rows: [string, string][] = [
    ['AWS', outputs.awsEndpoint],
    ['metrics', metricsUrl],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return ['', styleText('bold', `Hookline runs, after ${seconds.toFixed(1)} s.`), ...table, ''].join('\n');
}
