import { plainText } from '../../local/plain-text.ts';
import type { Diagnosis } from './diagnose.ts';

/** A diagnosis for a terminal: a line for each check, then what to do. */
export function describeDiagnosis(
  name: string,
  { verifies, findings, likely, otherwise }: Diagnosis,
): string {
  const lines = findings.flatMap(({ check, ok, detail }) => {
    const [first, ...more] = detail.split('\n');
    return [`${ok ? '✔' : '✘'} ${check.padEnd(10)} ${first}`, ...more.map((line) => `             ${line}`)];
  });
  const advice = likely.length > 0 ? likely : [otherwise].filter((line) => line !== undefined);
  return plainText([...lines, '', ...(verifies ? [`${name} accepts this request.`] : advice)].join('\n'));
}
