/** What counts: a function of the stack, by the `service` dimension of its metrics, or the gateway's access log. */
export type Service = 'receive' | 'consume' | 'publish' | 'deliver' | 'sweep' | 'management' | 'gateway';

/** How CloudWatch puts the values of one period together: counters are added up, gauges and times are not. */
type Statistic = 'Sum' | 'Maximum' | 'p99';

interface MetricFacts {
  readonly unit: 'Count' | 'Seconds';
  readonly statistic: Statistic;
  /** The sets of dimensions that it has beside `service`; the gateway's metrics have none at all. */
  readonly dimensions: readonly (readonly string[])[];
  /** Who emits it. */
  readonly services: readonly Service[];
}

/**
 * Every metric of our own: what the functions emit, and what alarms and graphs may show.
 *
 * They are in the namespace that is named like the stack, so that two stacks of an account do not share them.
 */
export const metrics = {
  WebhooksReceived: {
    unit: 'Count',
    statistic: 'Sum',
    dimensions: [['source', 'eventType', 'status']],
    services: ['receive', 'consume'],
  },
  /** Requests of a source that were answered 4xx or 503, whatever the reason. */
  RequestsRefused: { unit: 'Count', statistic: 'Sum', dimensions: [['source']], services: ['receive'] },
  WebhookProcessingTime: {
    unit: 'Seconds',
    statistic: 'p99',
    dimensions: [['source', 'eventType']],
    services: ['consume'],
  },
  /** Requests that the gateway's throttle answered 429. */
  RequestsThrottled: { unit: 'Count', statistic: 'Sum', dimensions: [[]], services: ['gateway'] },
  /**
   * Messages that came back, and sweeps that stopped, by a fault of our own: a permission, a throttled table, a bug. Those of
   * consume by its `consumer`: how long a message stays hidden, and so how often a fault shows, differs between them.
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
  /** Attempts that no 2xx answered, whatever their status. */
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
    services: ['publish', 'deliver', 'sweep', 'management'],
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
    services: ['publish', 'deliver', 'sweep', 'management'],
  },
  DeliveriesDeferred: { unit: 'Count', statistic: 'Sum', dimensions: [['why']], services: ['deliver'] },
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

/** Adds to a counter. Not generic: so that one which takes fewer counters cannot stand in for it. */
export type Count<Names extends CounterName> = (
  ...sample: { [Name in Names]: [name: Name, dimensions: DimensionsOf<Name>, value?: number] }[Names]
) => void;

/** Notes how long something took, in seconds. */
export type NoteSeconds<Names extends TimeName> = (
  ...sample: { [Name in Names]: [name: Name, dimensions: DimensionsOf<Name>, value: number] }[Names]
) => void;

/** The name of a consumer among the metrics: that of its source, or `all` where sources share it. */
export const consumerName = (sources: readonly string[]): string => {
  const [only, ...others] = sources;
  return only === undefined || others.length > 0 ? 'all' : only;
};
