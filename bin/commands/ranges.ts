import type { Command } from 'commander';
import { ageInDays, freshForDays, publishedRanges } from '../../lib/published-ranges.ts';
import { table } from '../table.ts';

/** `hookline ranges`: what `allowedCidrs: 'published'` stands for, and how old that is. */
export function addRangesCommand(program: Command): void {
  program
    .command('ranges')
    .description(
      "the address ranges that providers publish, for allowedCidrs: 'published', and how old the lists are",
    )
    .argument('[provider]', 'its ranges, one a line')
    .option('--json', 'for programs')
    .action((provider: string | undefined, options: { readonly json?: boolean }) => {
      console.log(provider === undefined ? overview(options.json ?? false) : rangesOf(provider));
    });
}

function rangesOf(provider: string): string {
  const known = publishedRanges[provider];
  if (known !== undefined) return known.ranges.join('\n');
  return `No list of ${provider} is known here; there are lists of ${Object.keys(publishedRanges).join(', ')}.`;
}

function overview(json: boolean): string {
  const now = Date.now();
  const lists = Object.entries(publishedRanges).map(([provider, list]) => ({
    provider,
    ranges: list.ranges.length,
    asOf: list.asOf,
    ageInDays: ageInDays(list, now),
    source: list.source,
  }));
  if (json) return JSON.stringify(lists, null, 2);
  const rows = lists.map(({ provider, ranges, asOf, ageInDays: age, source }) => [
    provider,
    String(ranges),
    asOf,
    age > freshForDays ? `${age} days: compare` : `${age} days`,
    source,
  ]);
  return table(['provider', 'ranges', 'right on', 'age', 'source'], rows);
}
