import Table from 'cli-table3';
import type { Sent } from './load.ts';
import { functions, growth, type Sample } from './samples.ts';

/** Points of a chart: more would not be seen. */
const points = 30;

/** What was sent, and each function's memory and open files at the end, with their growth. */
export function summary({ good, poison, forged, deliverable }: Sent, samples: readonly Sample[]): string {
  const table = new Table({ head: ['function', 'MB', 'growth', 'open files', 'growth'] });
  const last = samples.at(-1)?.of;
  for (const name of functions)
    table.push([
      name,
      String(last?.[name]?.megabytes ?? '–'),
      growth(samples, name, 'megabytes').toFixed(2),
      String(last?.[name]?.files ?? '–'),
      growth(samples, name, 'files').toFixed(2),
    ]);
  const sent = `${good.length} good, ${poison.length} poison and ${forged} forged events, ${deliverable.length} deliverable publications`;
  return `${sent}\n${table}`;
}

/** A line for each function over time, as a chart that Markdown shows. */
export function chart(title: string, samples: readonly Sample[], of: 'megabytes' | 'files'): string {
  const step = Math.max(1, Math.ceil(samples.length / points));
  const chosen = samples.filter((_, index) => index % step === 0);
  const lines = functions.map((name) => {
    const values = chosen.map((each) => each.of[name]?.[of] ?? 0);
    return `  line "${name}" [${values.join(', ')}]`;
  });
  const minutes = Math.ceil((chosen.at(-1)?.at ?? 0) / 60);
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis "minutes" 0 --> ${minutes}`,
    `  y-axis "${of === 'files' ? 'files' : 'MB'}" 0 --> ${ceiling(chosen, of)}`,
    ...lines,
    '```',
  ].join('\n');
}

function ceiling(samples: readonly Sample[], of: 'megabytes' | 'files'): number {
  const values = samples.flatMap((each) => Object.values(each.of).map((one) => one[of]));
  return Math.ceil((Math.max(...values) * 1.2) / 10) * 10;
}
