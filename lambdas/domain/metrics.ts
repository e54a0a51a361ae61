/** The function that emits a metric, as its `service` dimension. */
export type Service = 'consume' | 'publish' | 'deliver' | 'sweep' | 'management';

/** How CloudWatch aggregates the values of a period: counters are summed, gauges and times are not. */
type Statistic = 'Sum' | 'Maximum' | 'p99';

interface MetricFacts {
  readonly unit: 'Count' | 'Seconds';
  readonly statistic: Statistic;
  /** The sets of dimensions, beside `service`. */
  readonly dimensions: readonly (readonly string[])[];
  /** The services that emit it. */
  readonly services: readonly Service[];
}

/**
 * Every metric that a function emits. Alarms and graphs use these, and those of `line-metrics.ts`.
 *
 * The namespace has the name of the stack, so two stacks of an account do not share metrics.
 */
export const metrics = {
  WebhooksReceived: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [['source', 'eventType', 'status']],
    services: ['consume'],
  },
  WebhookProcessingTime: {
    unit: 'Seconds',
    statistic: 'p99',
    dimensions: [['source', 'eventType']],
    services: ['consume'],
  },
  /**
   * Messages returned to their queue, and sweeps stopped, by a fault of ours: a permission, a throttled table, a bug.
   * Also by `consumer`, because visibility timeouts differ, and so does how often a fault repeats.
   */
  WorkErrored: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[], ['consumer']],
    services: ['consume', 'publish', 'deliver', 'sweep'],
  },
  EventsPublished: { unit: 'Count', statistic: 'Sum', dimensions: [['status']], services: ['publish'] },
  WebhookDeliveryAttempts: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [['status'], ['endpoint', 'status']],
    services: ['deliver'],
  },
  /** Attempts without a 2xx response. */
  AttemptsFailed: { unit: 'Count', statistic: 'Sum', dimensions: [[]], services: ['deliver'] },
  DeliveriesNeverAttempted: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[]],
    services: ['deliver', 'sweep'],
  },
  DeliveriesHeld: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[]],
    services: ['publish', 'deliver'],
  },
  DeliveriesDiscarded: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[]],
    services: ['publish', 'deliver', 'sweep', 'management'],
  },
  DeliveriesMissing: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[]],
    services: ['deliver'],
  },
  DeliveriesDeferred: { unit: 'Count', statistic: 'Sum', dimensions: [['why']], services: ['deliver'] },
  /**
   * The time from a deferral by an endpoint's limits to the new time of the attempt: how long the line of what waits is. Not of
   * an endpoint that is failing.
   */
  LimitWaitTime: { unit: 'Seconds', statistic: 'Maximum', dimensions: [[]], services: ['deliver'] },
  BreakersOpened: { unit: 'Count', statistic: 'Sum', dimensions: [[]], services: ['deliver'] },
  EndpointsDisabled: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [[]],
    services: ['deliver', 'sweep', 'management'],
  },
  /** Endpoints whose breaker is open, of those that the sweep knows. */
  EndpointsDown: { unit: 'Count', statistic: 'Maximum', dimensions: [[]], services: ['sweep'] },
  EndpointsKnown: { unit: 'Count', statistic: 'Maximum', dimensions: [[]], services: ['sweep'] },
} as const satisfies Readonly<Record<string, MetricFacts>>;

export type MetricName = keyof typeof metrics;

/** The metrics that a service emits. */
export type MetricOf<S extends Service> = {
  [Name in MetricName]: S extends ServiceOf<Name> ? Name : never;
}[MetricName];

/** The services that emit a metric. */
export type ServiceOf<Name extends MetricName> = (typeof metrics)[Name]['services'][number];

/** A value for each dimension of a metric beside `service`; each combination of values is billed. */
export type DimensionsOf<Name extends MetricName> = ValuesOf<(typeof metrics)[Name]['dimensions'][number]>;
type ValuesOf<Names> = Names extends readonly string[]
  ? { readonly [Dimension in Names[number]]: string }
  : never;

type WithUnit<Unit> = {
  [Name in MetricName]: (typeof metrics)[Name]['unit'] extends Unit ? Name : never;
}[MetricName];
export type CounterName = WithUnit<'Count'>;
export type TimeName = WithUnit<'Seconds'>;

/** Adds to a counter. Not generic, so that a function for fewer counters is not assignable. */
export type Count<Names extends CounterName> = (
  ...sample: { [Name in Names]: [name: Name, dimensions: DimensionsOf<Name>, value?: number] }[Names]
) => void;

/** Records a duration in seconds. */
export type NoteSeconds<Names extends TimeName> = (
  ...sample: { [Name in Names]: [name: Name, dimensions: DimensionsOf<Name>, value: number] }[Names]
) => void;

/** The `consumer` dimension: the name of its source, or `all` if sources share the consumer. */
export const consumerName = (sources: readonly string[]): string => {
  const [only, ...others] = sources;
  return only === undefined || others.length > 0 ? 'all' : only;
};
