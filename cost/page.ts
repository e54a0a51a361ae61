import { lineBytes, priceNames, step } from './data.ts';
import { accessLineBytes, platformLineBytes } from './lines.ts';
import { bill } from './model.ts';
import { byService, dollars, perMillion, unconfirmed } from './report.ts';
import { type BillLine, sumOf } from './tally.ts';
import { usual, type Workload } from './workload.ts';

const million = 1e6;
const inbound = (more: Partial<Workload> = {}): number =>
  perMillion(bill({ ...usual, inbound: million, ...more }).inbound, million);
const busyInbound = (more: Partial<Workload> = {}): number =>
  perMillion(bill({ ...usual, inbound: 10 * million, batch: 10, ...more }).inbound, 10 * million);
const outbound = (more: Partial<Workload> = {}): number =>
  perMillion(bill({ ...usual, outbound: million, ...more }).outbound, million * (more.fanOut ?? 1));

/** The figures that the README quotes. */
export const headlines = {
  idle: dollars(sumOf(bill(usual).idle)),
  inbound: dollars(inbound()),
  outbound: dollars(outbound()),
} as const;

/** The same for full batches. */
export const busyHeadlines = {
  inbound: dollars(busyInbound()),
  outbound: dollars(outbound({ batch: 10, publishBatch: 10, neverDelivered: 0 })),
} as const;

type Row = readonly (string | number)[];

const markdown = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const flows = (): string =>
  markdown(
    ['a million of', '500 B', '1 kB', '4 kB', '40 kB'],
    [
      flow('inbound events, handled', inbound),
      flow('… when busy: full batches, ten million a month', (more) => busyInbound(more)),
      flow('… without a handler', (more) => inbound({ withoutHandler: 1, ...more })),
      flow('… each with a duplicate', (more) => inbound({ duplicates: 1, ...more })),
      flow('refused requests', (more) => inbound({ refused: million, ...more }) - inbound(more)),
      flow('deliveries', outbound),
      flow('… that all arrive at the first attempt', (more) => outbound({ neverDelivered: 0, ...more })),
      flow('… that never arrive', (more) => outbound({ neverDelivered: 1, ...more })),
      flow('… by direct `SendMessage` instead of SNS', (more) => outbound({ through: 'sqs', ...more })),
      flow('… of events that are published ten in a call', (more) => outbound({ publishBatch: 10, ...more })),
      flow('… when busy: full batches, too, and all arrive', (more) =>
        outbound({ batch: 10, publishBatch: 10, neverDelivered: 0, ...more }),
      ),
      flow('… of events for ten endpoints', (more) => outbound({ fanOut: 10, ...more })),
      flow(
        'failed attempts, each with its retry',
        (more) =>
          outbound({ neverDelivered: 0, failureRate: 0.5, ...more }) -
          outbound({ neverDelivered: 0, ...more }),
      ),
    ],
  );

const flow = (name: string, cost: (more: Partial<Workload>) => number): Row => [
  name,
  ...[500, 1000, 4000, 40_000].map((payload) => dollars(cost({ payload }))),
];

function services(): string {
  const parts = [
    bill({ ...usual, inbound: million }).inbound,
    bill({ ...usual, inbound: million, withoutHandler: 1 }).inbound,
    bill({ ...usual, outbound: million }).outbound,
  ];
  const names = [...new Set(parts.flat().map(({ service }) => service))];
  const cell = (lines: readonly BillLine[], name: string) => dollars(byService(lines).get(name) ?? 0);
  return markdown(
    ['a million of', 'handled', 'without a handler', 'delivered'],
    [
      ...names.map((name) => [name, ...parts.map((lines) => cell(lines, name))]),
      ['all', ...parts.map((lines) => dollars(sumOf(lines)))],
    ],
  );
}

const calls = (): string =>
  markdown(
    ['step of an event of 1 kB', 'calls', 'write units', 'of indexes', 'read units'],
    [
      ['receive', 'receive'],
      ['consume, handled', 'handled'],
      ['consume, without a handler', 'ignored, 1000 B'],
      ['consume, a duplicate', 'duplicate, batch'],
      ['publish', 'published, 1000 B'],
      ['deliver', 'delivered, 1000 B'],
      ['deliver, failed', 'failed'],
      ['deliver, the retry', 'tried again'],
      ['deliver, the last attempt of all', 'given up'],
      ['sweep, each minute', 'sweep'],
      ['sweep, with failures to notify', 'sweep, with one to notify'],
    ].map(([name = '', key = '']) => {
      const { calls: counted, write, indexWrite, read } = step(key);
      const list = Object.entries(counted).map(([call, count]) => `${count} × ${call}`);
      return [name, list.join(', '), write, indexWrite, read];
    }),
  );

function idle(): string {
  const { idle: lines } = bill(usual);
  return markdown(
    ['a month', 'quantity', 'USD'],
    [
      ...lines.map(({ service, item, quantity, usd }) => [
        `${service}: ${item}`,
        quantity >= 100 ? Math.round(quantity).toLocaleString('en-US') : Number(quantity.toFixed(3)),
        dollars(usd),
      ]),
      ['all', '', dollars(sumOf(lines))],
    ],
  );
}

/** The unit of which each log line has one; for all others it is an event. */
const oneFor: Readonly<Record<string, string>> = {
  'delivery.attempted': 'attempt',
  'delivery.dead': 'delivery that never arrives',
  'deliveries.swept': 'minute',
  'failures.notified': 'endpoint with failures, an hour',
  'endpoint.down': 'endpoint whose breaker opens',
};

const lines = (): string =>
  markdown(
    ['line', 'bytes', 'one for each'],
    [
      ...Object.entries(lineBytes)
        .filter(([name]) => name.includes('.') && name !== 'account.credited')
        .map(([name, bytes]): Row => [`\`${name}\``, bytes, oneFor[name] ?? 'event']),
      ['metrics (EMF)', lineBytes['metrics'] ?? 0, 'set of dimensions and invocation'],
      ["Lambda's `platform.start` and `platform.report`", platformLineBytes, 'invocation'],
      ["API Gateway's access log", accessLineBytes, 'request'],
    ],
  );

const savings = (): string =>
  markdown(
    ['setting', 'a million handled', 'a million delivered'],
    [
      ['the default, five messages in an invocation', dollars(inbound()), dollars(outbound())],
      [
        '`systemLogLevel: INFO`',
        dollars(inbound({ systemLogLevel: 'INFO' })),
        dollars(outbound({ systemLogLevel: 'INFO' })),
      ],
      ['ten messages in an invocation', dollars(inbound({ batch: 10 })), dollars(outbound({ batch: 10 }))],
      ['one message in an invocation', dollars(inbound({ batch: 1 })), dollars(outbound({ batch: 1 }))],
      [
        '… and `systemLogLevel: INFO`',
        dollars(inbound({ batch: 1, systemLogLevel: 'INFO' })),
        dollars(outbound({ batch: 1, systemLogLevel: 'INFO' })),
      ],
      ['endpoints that take 5 s', '', dollars(outbound({ endpointTime: 5000 }))],
    ],
  );

const confirmed = (): string =>
  unconfirmed(priceNames).join('\n') || "Every price has a page that states it; some are not AWS's own.";

const blocks: Readonly<Record<string, () => string>> = {
  flows,
  services,
  calls,
  idle,
  lines,
  savings,
  unconfirmed: confirmed,
};

/** Returns the page with its tables computed again, each between `<!-- name -->` and `<!-- /name -->`. */
export const withTables = (page: string): string =>
  Object.entries(blocks).reduce(
    (text, [name, block]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, begin: string, end: string) => `${begin}${block()}\n${end}`,
      ),
    page,
  );
