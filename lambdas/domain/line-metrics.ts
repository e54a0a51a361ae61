/** One comparison of a line's field with a text. */
type Comparison = readonly [field: string, operator: '=' | '!=', value: string];

interface LineMetricFacts {
  /** The log whose lines count: that of a source's receiver, or the access log of the gateway. */
  readonly log: 'receive' | 'gateway';
  /** What a line must fulfil. */
  readonly when: readonly Comparison[];
  /** The fields whose values are the dimensions, three at most. Never one whose values a sender chooses: each is billed. */
  readonly dimensions: readonly string[];
}

/** The name of the receiver's line for each request. */
export const receivedLine = 'event.received';

/**
 * The metrics that CloudWatch counts from log lines, by metric filters: they cost no line of their own. They have no `service`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
 */
export const lineMetrics = {
  /** Requests to a source, by the result of their checks. */
  WebhooksReceived: {
    log: 'receive',
    when: [['message', '=', receivedLine]],
    dimensions: ['source', 'status'],
  },
  /** Requests to a source with a 4xx or 503 response, for any reason. */
  RequestsRefused: {
    log: 'receive',
    when: [
      ['message', '=', receivedLine],
      ['status', '!=', 'accepted'],
      ['status', '!=', 'handshake'],
    ],
    dimensions: ['source'],
  },
  /** Requests that the gateway throttled. */
  RequestsThrottled: { log: 'gateway', when: [['status', '=', '429']], dimensions: [] },
} as const satisfies Readonly<Record<string, LineMetricFacts>>;

export type LineMetricName = keyof typeof lineMetrics;
/** A value for each dimension of such a metric. */
export type LineDimensionsOf<Name extends LineMetricName> = {
  readonly [Dimension in (typeof lineMetrics)[Name]['dimensions'][number]]: string;
};

/** The metrics of one log. */
export const metricsOfLog = (log: LineMetricFacts['log']): readonly (LineMetricFacts & { name: string })[] =>
  Object.entries(lineMetrics)
    .map(([name, facts]) => ({ name, ...facts }))
    .filter((metric) => metric.log === log);

/** Whether a line counts, as CloudWatch decides it. */
export const counts = (when: readonly Comparison[], line: Readonly<Record<string, unknown>>): boolean =>
  when.every(
    ([field, operator, value]) => line[field] !== undefined && (line[field] === value) === (operator === '='),
  );
