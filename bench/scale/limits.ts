import { batchSizes, milliseconds, step, stepOfSize } from '../../cost/data.ts';
import { outboundDefaults, sourceDefaults } from '../../lib/settings.ts';
import list from './limits.json' with { type: 'json' };

export type LimitName = keyof typeof list.limits;

export interface AwsLimit {
  readonly what: string;
  readonly value: number;
  readonly page: string;
  readonly read: string;
  readonly service?: string;
  readonly code?: string;
  /** The page names the quota; its value is from memory. */
  readonly unconfirmed?: boolean;
}

export const awsLimits: Readonly<Record<LimitName, AwsLimit>> = list.limits;
export const limitNames = Object.keys(list.limits).filter((name): name is LimitName => name in awsLimits);

/** The body that the figures are for, in bytes, and the time until an endpoint answers, in ms. */
const [payload, answerTime] = [1_000, 200];
/** How long a container keeps a secret, in seconds. */
const secretKept = 300;
/** The share of a limit that is used when a setting is chosen. */
const headroom = 1.5;

const published = stepOfSize('published', payload);
const delivered = stepOfSize('delivered', payload);
const handled = step('handled');

/** Concurrent functions for so many events a second, with full batches. */
export const functionsFor = {
  receive: (rate: number): number => (rate * milliseconds('receive', 1)) / 1_000,
  consume: (rate: number): number =>
    (rate * milliseconds('consume', batchSizes.consume)) / 1_000 / batchSizes.consume,
  publish: (rate: number): number =>
    (rate * milliseconds('publish', batchSizes.publish)) / 1_000 / batchSizes.publish,
  deliver: (rate: number): number =>
    (rate * (milliseconds('deliver', batchSizes.deliver) + answerTime)) / 1_000 / batchSizes.deliver,
} as const;

export type Flow = 'inbound' | 'outbound';

/** A limit, and what a rate of events asks of it. */
export interface Demand {
  readonly flow: Flow;
  readonly step: 'receive' | 'consume' | 'publish' | 'deliver';
  readonly what: string;
  /** What is allowed by default. */
  readonly allowed: number;
  readonly at: (rate: number) => number;
  /** What to set for a rate. */
  readonly remedy: (rate: number) => string;
}

const withHeadroom = (value: number): number => Math.ceil((value * headroom) / 10) * 10;
const quota = (name: LimitName, value: number): string =>
  `quota \`${awsLimits[name].code ?? ''}\` ${withHeadroom(value).toLocaleString('en-US')}`;
const concurrency = (setting: string, value: number): string => {
  const wanted = withHeadroom(value);
  return wanted <= awsLimits.eventSource.value
    ? `\`${setting}: ${wanted}\``
    : `\`${setting}: 1000\` in each of ${Math.ceil(wanted / awsLimits.eventSource.value)} stacks`;
};

const all = (rate: number, flow: Flow): number =>
  flow === 'inbound'
    ? functionsFor.receive(rate) + functionsFor.consume(rate)
    : functionsFor.publish(rate) + functionsFor.deliver(rate);

/** Write units that the counts do not tell apart: a delivery's put by publish, a manifest, and the slots of a full batch, leased and given back. */
export const unitsOf = { put: 1, limiter: 2.5, manifest: 1 } as const;

/** Write units of an event for one endpoint, by table. */
export const unitsByTable = {
  InboundEvents: handled.write,
  Events: published.write - unitsOf.put - unitsOf.manifest,
  Deliveries: unitsOf.put + delivered.write,
  // Its manifest, written and deleted, if it is alone in its batch.
  Endpoints: 2 * unitsOf.manifest,
} as const;

const inboundWrites = (rate: number): number => rate * unitsByTable.InboundEvents;
const { Events, Deliveries, Endpoints } = unitsByTable;
const outboundWrites = (rate: number): number => rate * Math.max(Events, Deliveries, Endpoints);
const lambda = (flow: Flow, of: Demand['step']): Demand => ({
  flow,
  step: of,
  what: `Lambda: concurrent functions, ${flow}`,
  allowed: awsLimits.lambda.value,
  at: (rate) => all(rate, flow),
  remedy: (rate) => quota('lambda', all(rate, flow)),
});

const tableWrites = (flow: Flow, of: Demand['step'], at: (rate: number) => number): Demand => ({
  flow,
  step: of,
  what: `DynamoDB: write units of the busiest table, ${flow}`,
  allowed: awsLimits.tableWrites.value,
  at,
  remedy: (rate) =>
    `${quota('tableWrites', at(rate))}, \`maxTableUnitsPerSecond: ${withHeadroom(at(rate))}\``,
});

/** Every limit that grows with the rate, in the order of an event's way. */
export const demands: readonly Demand[] = [
  {
    flow: 'inbound',
    step: 'receive',
    what: '`throttle.rate` of a source',
    allowed: sourceDefaults.throttle.rate,
    at: (rate) => rate,
    remedy: (rate) => `\`throttle: { rate: ${withHeadroom(rate)}, burst: ${withHeadroom(rate)} }\``,
  },
  {
    flow: 'inbound',
    step: 'receive',
    what: 'API Gateway: requests a second',
    allowed: awsLimits.gateway.value,
    at: (rate) => rate,
    remedy: (rate) => quota('gateway', rate),
  },
  {
    flow: 'inbound',
    step: 'receive',
    what: 'Secrets Manager: reads a second',
    allowed: awsLimits.secrets.value,
    at: (rate) => functionsFor.receive(rate) / secretKept,
    remedy: () => '',
  },
  {
    flow: 'inbound',
    step: 'consume',
    what: '`maxConcurrency` of a source',
    allowed: sourceDefaults.maxConcurrency,
    at: functionsFor.consume,
    remedy: (rate) => concurrency('maxConcurrency', functionsFor.consume(rate)),
  },
  lambda('inbound', 'consume'),
  tableWrites('inbound', 'consume', inboundWrites),
  {
    flow: 'outbound',
    step: 'publish',
    what: 'SNS: messages a second',
    allowed: awsLimits.sns.value,
    at: (rate) => rate,
    remedy: (rate) => `${quota('sns', rate)}, or send to the publish queue`,
  },
  {
    flow: 'outbound',
    step: 'publish',
    what: '`outbound.publishMaxConcurrency`',
    allowed: outboundDefaults.publishMaxConcurrency,
    at: functionsFor.publish,
    remedy: (rate) => concurrency('publishMaxConcurrency', functionsFor.publish(rate)),
  },
  {
    flow: 'outbound',
    step: 'deliver',
    what: '`outbound.maxConcurrency`',
    allowed: outboundDefaults.maxConcurrency,
    at: functionsFor.deliver,
    remedy: (rate) => concurrency('maxConcurrency', functionsFor.deliver(rate)),
  },
  {
    flow: 'outbound',
    step: 'deliver',
    what: 'SQS: messages in flight, delivery queue',
    allowed: awsLimits.inFlight.value,
    at: (rate) => functionsFor.deliver(rate) * batchSizes.deliver,
    remedy: (rate) =>
      `${Math.ceil((functionsFor.deliver(rate) * batchSizes.deliver) / awsLimits.inFlight.value)} stacks`,
  },
  lambda('outbound', 'deliver'),
  tableWrites('outbound', 'deliver', outboundWrites),
];

/** The limits that a rate exceeds, the one that is hit at the lowest rate first. */
export const exceeded = (flow: Flow, rate: number): Demand[] =>
  demands
    .filter((demand) => demand.flow === flow && demand.at(rate) > demand.allowed)
    .sort((a, b) => ceilingOf(a) - ceilingOf(b));

/** The rate at which a limit is hit: every demand is in proportion to the rate. */
export const ceilingOf = ({ allowed, at }: Demand): number => allowed / at(1);

/** Megabytes of log lines a second: our own, the metrics' and Lambda's. */
export function logBytes(rate: number, platformBytes: number): Readonly<Record<Flow, number>> {
  const receive = step('receive');
  const perInvocation = (metricBytes: number, batch: number): number => (metricBytes + platformBytes) / batch;
  return {
    inbound:
      rate *
      (receive.lineBytes +
        perInvocation(receive.metricBytes, 1) +
        handled.lineBytes +
        perInvocation(handled.metricBytes, batchSizes.consume)),
    outbound:
      rate *
      (published.lineBytes +
        perInvocation(published.metricBytes, batchSizes.publish) +
        delivered.lineBytes +
        perInvocation(delivered.metricBytes, batchSizes.deliver)),
  };
}
