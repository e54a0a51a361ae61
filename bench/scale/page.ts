import { bill } from '../../cost/model.ts';
import { platformBytes } from '../../cost/rates.ts';
import { dollars } from '../../cost/report.ts';
import { sumOf } from '../../cost/tally.ts';
import { usual } from '../../cost/workload.ts';
import { type QueueRule, queueRules } from './deliveries.ts';
import type { HangingResult } from './hanging.ts';
import { hotKeys } from './hot-keys.ts';
import { awsLimits, ceilingOf, demands, exceeded, type Flow, limitNames, logBytes } from './limits.ts';
import type { OutageResult } from './outage.ts';
import { arrivalsPicture, hangingPicture, outagePicture, ruleNames } from './pictures.ts';
import { type ArrivalRun, arrivalSettings, arrivals, hanging, outage, rates } from './scenarios.ts';

/** What the simulations found. */
export interface Runs {
  readonly arrivals: readonly ArrivalRun[];
  readonly outage: OutageResult;
  readonly hanging: ReadonlyMap<QueueRule, HangingResult>;
}

export const allRuns = (): Runs => ({ arrivals: arrivals(), outage: outage(), hanging: hanging() });

/** The pictures by the names of their files in docs/. */
export const picturesOf = (runs: Runs): ReadonlyMap<string, string> =>
  new Map([
    ['scale-arrivals.svg', arrivalsPicture(runs.arrivals)],
    ['scale-outage.svg', outagePicture(runs.outage)],
    ['scale-hanging.svg', hangingPicture(runs.hanging)],
  ]);

type Row = readonly (string | number)[];

const markdown = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const count = (value: number): string =>
  (value < 10 ? Number(value.toFixed(1)) : Math.round(value)).toLocaleString('en-US');
const inSeconds = (ms: number | undefined): string => (ms === undefined ? '–' : `${count(ms / 1_000)} s`);
const minute = 60;

function limitsTable(): string {
  return markdown(
    ['limit', 'default', 'read', 'raise it'],
    limitNames.map((name) => {
      const { what, value, page, read, service, code, unconfirmed } = awsLimits[name];
      const known = unconfirmed ? ', value from memory' : '';
      const raise = code === undefined ? 'fixed' : `\`${service}\` \`${code}\``;
      return [`[${what}](${page})`, value.toLocaleString('en-US'), `${read}${known}`, raise];
    }),
  );
}

function demandTable(): string {
  const cell = (demand: (typeof demands)[number], rate: number): string => {
    const value = demand.at(rate);
    return value > demand.allowed ? `**${count(value)}**` : count(value);
  };
  return markdown(
    ['step', 'limit', 'default', ...rates.map((rate) => `${count(rate)}/s`), 'hit at'],
    demands.map((demand) => [
      demand.step,
      demand.what,
      count(demand.allowed),
      ...rates.map((rate) => cell(demand, rate)),
      `${count(Math.floor(ceilingOf(demand)))}/s`,
    ]),
  );
}

function firstTable(): string {
  const rows = (['inbound', 'outbound'] as const).flatMap((flow: Flow) =>
    rates.map((rate) => {
      const hit = exceeded(flow, rate);
      const [first, ...others] = hit.map(({ step, what }) => `${step}: ${what}`);
      const remedies = hit.map(({ remedy }) => remedy(rate)).filter((text) => text !== '');
      return [
        flow,
        `${count(rate)}/s`,
        first ?? 'none',
        others.length === 0 ? '–' : others.join('; '),
        remedies.length === 0 ? 'nothing' : remedies.join('; '),
      ];
    }),
  );
  return markdown(['flow', 'events', 'first', 'then', 'set'], rows);
}

const month = 30 * 86_400;

function costTable(): string {
  return markdown(
    ['events', 'inbound, a month', 'outbound, a month', 'logs inbound', 'logs outbound'],
    rates.map((rate) => {
      const work = { ...usual, inbound: rate * month, outbound: rate * month };
      const parts = bill(work);
      const logs = logBytes(rate, platformBytes(work));
      const megabytes = (bytes: number): string => `${count(bytes / 1e6)} MB/s`;
      return [
        `${count(rate)}/s`,
        dollars(sumOf(parts.inbound)),
        dollars(sumOf(parts.outbound)),
        megabytes(logs.inbound),
        megabytes(logs.outbound),
      ];
    }),
  );
}

function keysTable(): string {
  const mark = (value: number, most: number): string => (value > most ? `**${count(value)}**` : count(value));
  return markdown(
    ['table', 'index', 'key', 'because', 'writes/s', 'reads/s', 'would have to change'],
    hotKeys.map(({ table, index, key, because, writes, reads, change }) => [
      table,
      index === undefined ? '' : `\`${index}\``,
      key,
      because,
      mark(writes, awsLimits.keyWrites.value - 1),
      mark(reads, awsLimits.keyReads.value - 1),
      change ?? '',
    ]),
  );
}

function arrivalsTable(runs: readonly ArrivalRun[]): string {
  return markdown(
    [
      'events',
      'settings',
      'publish',
      'deliver',
      'p50',
      'p99',
      'waiting after 10 min',
      'most waiting',
      'worst p99',
    ],
    runs.map(({ rate, name, seconds }) => {
      const last = seconds.at(-1);
      return [
        `${count(rate)}/s`,
        name,
        count(last?.publish ?? 0),
        count(last?.deliver ?? 0),
        inSeconds(last?.p50),
        inSeconds(last?.p99),
        count(last?.waiting ?? 0),
        count(Math.max(...seconds.map(({ waiting }) => waiting))),
        inSeconds(Math.max(...seconds.map(({ p99 = 0 }) => p99))),
      ];
    }),
  );
}

function settingsTable(): string {
  return markdown(
    ['settings', '`publishMaxConcurrency`', '`maxConcurrency`', 'concurrent executions of the account'],
    Object.entries(arrivalSettings).map(([name, settings]) => [
      name,
      count(settings.publishMaxConcurrency),
      count(settings.maxConcurrency),
      count(settings.accountConcurrency),
    ]),
  );
}

function outageTable({ most, firstAfter, drainedAfter, failed, healthy, work }: OutageResult): string {
  const after = (second: number | undefined): string =>
    second === undefined ? 'not by the end' : `${count(second)} s`;
  return markdown(
    ['figure', 'value'],
    [
      ['most deliveries that wait', count(most)],
      ['deliveries that failed for good', count(failed)],
      ['from the end of the outage to the first delivery', after(firstAfter)],
      ['… to the last one that waited', after(drainedAfter)],
      ['most deferrals a second, over a minute', count(Math.max(...work.map(({ deferrals }) => deferrals)))],
      ['worst p99 of healthy endpoints in a minute', inSeconds(Math.max(...healthy.map(({ p99 }) => p99)))],
    ],
  );
}

function hangingTable(results: Runs['hanging']): string {
  return markdown(
    ['rule', 'worst p99 of healthy endpoints', 'p99 below 2 s for events that arrive after'],
    queueRules.map((rule) => {
      const { worstP99 = 0, recoveredAfter } = results.get(rule) ?? {};
      const recovered =
        recoveredAfter === undefined
          ? 'not by the end'
          : recoveredAfter < 2 * minute
            ? `${recoveredAfter} s`
            : `${count(recoveredAfter / minute)} min`;
      return [ruleNames[rule], inSeconds(worstP99), recovered];
    }),
  );
}

const blocksOf = (runs: Runs): Readonly<Record<string, () => string>> => ({
  first: firstTable,
  demand: demandTable,
  limits: limitsTable,
  cost: costTable,
  keys: keysTable,
  settings: settingsTable,
  arrivals: () => arrivalsTable(runs.arrivals),
  outage: () => outageTable(runs.outage),
  hanging: () => hangingTable(runs.hanging),
});

/** Returns the page with its tables computed again, each between `<!-- name -->` and `<!-- /name -->`. */
export const withTables = (page: string, runs: Runs): string =>
  Object.entries(blocksOf(runs)).reduce(
    (text, [name, block]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, begin: string, end: string) => `${begin}${block()}\n${end}`,
      ),
    page,
  );
