import type { Server } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import * as v from 'valibot';
import { parseJson } from '../lambdas/domain/json.ts';
import { counts, lineMetrics, metricsOfLog } from '../lambdas/domain/line-metrics.ts';
import { metrics } from '../lambdas/domain/metrics.ts';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { ownServer } from './own-requests.ts';
import { host } from './ports.ts';

/** One line in CloudWatch's embedded metric format. */
const EmfLine = v.looseObject({
  _aws: v.object({
    CloudWatchMetrics: v.array(
      v.object({
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string(), Unit: v.optional(v.string()) })),
      }),
    ),
  }),
});
type EmfLine = v.InferOutput<typeof EmfLine>;

/** The function's name: Prometheus counts over all of them. */
const dropped = 'service';

const JsonLine = v.record(v.string(), v.unknown());

/** Turns the functions' metric lines, and the lines that CloudWatch counts, into Prometheus metrics. */
export function prometheusMetrics() {
  const registry = new Registry();
  return {
    registry,
    /** Counts a function's line; ignores one without metrics. */
    add(text: string): void {
      const line = parseEmf(text);
      if (line === undefined) return void countLine(registry, text);
      for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
        const names = (Dimensions[0] ?? []).filter((name) => name !== dropped);
        const labels = Object.fromEntries(names.map((name) => [snakeCase(name), String(line[name])]));
        for (const metric of Metrics) observe(registry, metric, labels, line[metric.Name]);
      }
    },
  };
}

/** Counts a line as the metric filters of the receivers do. */
function countLine(registry: Registry, text: string): void {
  const line = v.safeParse(JsonLine, parseJson(text));
  if (!line.success) return;
  for (const { name, when, dimensions } of metricsOfLog('receive')) {
    if (!counts(when, line.output)) continue;
    const labels = Object.fromEntries(dimensions.map((field) => [field, String(line.output[field])]));
    observe(registry, { Name: name, Unit: 'Count' }, labels, 1);
  }
}

type Kind = 'counter' | 'gauge' | 'histogram';
type Labels = Readonly<Record<string, string>>;

/** Looks up the kind in the table of metrics: CloudWatch sums the values of a counter, not those of a gauge. */
function kindOf({ Name, Unit }: { Name: string; Unit?: string }): Kind {
  if (Unit === 'Seconds') return 'histogram';
  return ownOf(metrics, Name)?.statistic === 'Maximum' ? 'gauge' : 'counter';
}

/**
 * `WebhooksReceived` → `webhooks_received_total`, `WebhookProcessingTime` in seconds → `webhook_processing_seconds`,
 * the gauge `EndpointsDown` → `endpoints_down`.
 *
 * A metric that is also counted by endpoint becomes a second metric, because in one sum it would count twice.
 */
function metricName(name: string, kind: Kind, labels: Labels): string {
  const snake = snakeCase(name);
  const suffix = 'endpoint' in labels ? '_by_endpoint' : '';
  if (kind === 'histogram') return `${snake.replace(/_time$/, '')}${suffix}_seconds`;
  return kind === 'gauge' ? `${snake}${suffix}` : `${snake}${suffix}_total`;
}

function observe(
  registry: Registry,
  metric: { Name: string; Unit?: string },
  labels: Labels,
  value: unknown,
): void {
  const values = [value].flat().map(Number).filter(Number.isFinite);
  const kind = kindOf(metric);
  const name = metricName(metric.Name, kind, labels);
  const settings = {
    name,
    help: 'From the functions’ metric lines.',
    labelNames: labelNamesOf(metric.Name, labels),
    registers: [registry],
  };
  const known = registry.getSingleMetric(name);
  if (values.length === 0) return;
  const metricOf: Readonly<Record<Kind, () => (value: number) => void>> = {
    counter() {
      const counter = known instanceof Counter ? known : new Counter(settings);
      return (count) => counter.inc(labels, count);
    },
    gauge() {
      const gauge = known instanceof Gauge ? known : new Gauge(settings);
      return (last) => gauge.set(labels, last);
    },
    histogram() {
      const histogram = known instanceof Histogram ? known : new Histogram(settings);
      return (seconds) => histogram.observe(labels, seconds);
    },
  };
  const note = metricOf[kind]();
  for (const one of values) note(one);
}

/** All labels of a metric, because its first value may have fewer than others: receivers know no event types. */
const labelNamesOf = (name: string, labels: Labels): string[] => {
  const sets = [ownOf(metrics, name)?.dimensions ?? [], [ownOf(lineMetrics, name)?.dimensions ?? []]].flat();
  return [...new Set([...Object.keys(labels), ...sets.flat().map(snakeCase)])];
};

function parseEmf(text: string): EmfLine | undefined {
  if (!text.includes('"_aws"')) return undefined;
  const result = v.safeParse(EmfLine, parseJson(text));
  return result.success ? result.output : undefined;
}

const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** Serves `/metrics`. The port is known to be free. */
export async function serveMetrics(registry: Registry, port: number): Promise<Server> {
  const server = ownServer(async (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end('See /metrics.\n');
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
  return server;
}
