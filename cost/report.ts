import { table } from '../cli/terminal/table.ts';
import { comparisons } from './compare.ts';
import { notFound, type Price, type PriceName, prices } from './data.ts';
import { bill } from './model.ts';
import { type BillLine, sumOf } from './tally.ts';
import type { Workload } from './workload.ts';

/** `$1,234.50`. */
export const dollars = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** USD for a million events. */
export const perMillion = (lines: readonly BillLine[], events: number): number =>
  (sumOf(lines) / events) * 1e6;

/** The cost of a service in all parts of a bill. */
export function byService(lines: readonly BillLine[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { service, usd } of lines) sums.set(service, (sums.get(service) ?? 0) + usd);
  return sums;
}

/** The whole bill, for programs. */
export function asJson(work: Workload): string {
  const parts = bill(work);
  const all = [...parts.inbound, ...parts.outbound, ...parts.idle];
  return JSON.stringify(
    { work, usd: sumOf(all), ...parts, comparisons: comparisons(work), notFound },
    undefined,
    2,
  );
}

/** The bill by service, the cost of a million events of each kind, and the prices of hosted services. */
export function asText(work: Workload): string {
  const { inbound, outbound, idle } = bill(work);
  const parts = [inbound, outbound, idle];
  const services = [...new Set(parts.flat().map(({ service }) => service))];
  const cells = (service: string) => parts.map((lines) => byService(lines).get(service) ?? 0);
  const row = (name: string, sums: readonly number[]) => [
    name,
    ...sums.map(dollars),
    dollars(sums.reduce((sum, usd) => sum + usd, 0)),
  ];
  return [
    tableOfNumbers(
      ['USD a month', 'inbound', 'outbound', 'without an event', 'sum'],
      [...services.map((service) => row(service, cells(service))), row('all', parts.map(sumOf))],
    ),
    ...byTheMillion(work, inbound, outbound),
    ...unconfirmed(parts.flat().map(({ price }) => price)),
    '',
    tableOfNumbers(
      ['hosted, by list price', 'USD a month'],
      comparisons(work).map(({ name, usd, isLeast }, index) => [
        `${name} [${index + 1}]`,
        usd === undefined ? '–' : `${isLeast ? 'over ' : ''}${dollars(usd)}`,
      ]),
    ),
    ...comparisons(work).map(
      ({ note, source, read }, index) => `[${index + 1}] ${note}.\n    ${source}, read ${read}`,
    ),
    '',
    `No list price found: ${notFound.join(', ')}. The figures do not include the cost of people.`,
    `List prices of us-east-1 without free tiers, read ${readBetween()}: cost/prices.json. docs/cost.md says what is counted.`,
  ].join('\n');
}

/** A table whose columns after the first are numbers, aligned to the right. */
function tableOfNumbers(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const aligned = (row: readonly string[]): string[] =>
    row.map((text, column) => (column === 0 ? text : text.padStart(widths[column] ?? 0)));
  return table(aligned(head), rows.map(aligned));
}

/** Lists the prices of a bill that are from memory; empty when all have a source. */
export function unconfirmed(
  names: readonly PriceName[],
  list: Readonly<Record<PriceName, Price>> = prices,
): string[] {
  const found = [...new Set(names)].map((name) => list[name]).filter((price) => price.unconfirmed);
  const described = found.map(({ unit, usd, per }) => `${unit} ($${usd} for ${per.toLocaleString('en-US')})`);
  return described.length === 0 ? [] : [`From memory, because no page states it: ${described.join('; ')}.`];
}

function byTheMillion(work: Workload, inbound: readonly BillLine[], outbound: readonly BillLine[]): string[] {
  const deliveries = work.outbound * work.fanOut;
  const withRefused = work.refused > 0 ? ', including refused requests' : '';
  const each = `A million inbound events${withRefused}`;
  return [
    ...(work.inbound > 0 ? [`${each}: ${dollars(perMillion(inbound, work.inbound))}.`] : []),
    ...(deliveries > 0 ? [`A million deliveries: ${dollars(perMillion(outbound, deliveries))}.`] : []),
  ];
}

function readBetween(): string {
  const dates = Object.values(prices)
    .map(({ read }) => read)
    .sort();
  return `from ${dates[0]} to ${dates.at(-1)}`;
}
