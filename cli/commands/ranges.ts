import type { Command } from 'commander';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import { ageInDays, freshForDays, publishedRanges } from '../../lib/published-ranges.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { print } from '../terminal/print.ts';
import { table } from '../terminal/table.ts';

/** `hookline ranges`: shows what `allowedCidrs: 'published'` stands for, and how old each list is. */
export function defineRanges(command: Command): void {
  command
    .argument('[provider]', 'print the ranges of this provider, one per line')
    .action((provider: string | undefined) => {
      const options = command.optsWithGlobals<TargetOptions>();
      if (provider === undefined) return overview(options);
      const ranges = rangesOf(provider);
      print(options, ranges, ranges.join('\n'));
    });
}

function rangesOf(provider: string): readonly string[] {
  const known = ownOf(publishedRanges, provider);
  if (known !== undefined) return known.ranges;
  throw new RefusedError(
    `${provider} publishes no list of addresses; these do: ${Object.keys(publishedRanges).join(', ')}.`,
  );
}

function overview(options: TargetOptions): void {
  const now = Date.now();
  const lists = Object.entries(publishedRanges).map(([provider, list]) => ({
    provider,
    ranges: list.ranges.length,
    asOf: list.asOf,
    ageInDays: ageInDays(list, now),
    source: list.source,
  }));
  const rows = lists.map(({ provider, ranges, asOf, ageInDays: age, source }) => [
    provider,
    String(ranges),
    asOf,
    age > freshForDays ? `${age} days: check it` : `${age} days`,
    source,
  ]);
  print(options, lists, table(['provider', 'ranges', 'as of', 'age', 'source'], rows));
}
