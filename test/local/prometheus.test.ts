import { expect, test } from 'vitest';
import { metrics } from '../../lambdas/domain/metrics.ts';
import { prometheusMetrics, serveMetrics } from '../../local/prometheus.ts';

/** A line as the functions print it. */
const emf = (
  name: string,
  unit: string,
  dimensions: Readonly<Record<string, string>>,
  value: number | number[],
): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'Hookline',
          Dimensions: [['service', ...Object.keys(dimensions)]],
          Metrics: [{ Name: name, Unit: unit }],
        },
      ],
    },
    service: 'consume',
    ...dimensions,
    [name]: value,
  });

async function exposed(...lines: readonly string[]): Promise<string[]> {
  const exposition = prometheusMetrics();
  for (const line of lines) exposition.add(line);
  return (await exposition.registry.metrics())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** A line of a receiver. */
const received = (status: string): string =>
  JSON.stringify({ level: 'INFO', message: 'event.received', source: 'stripe', status, correlationId: 'c' });

test('requests are counted from the lines of the receivers, as their metric filters count them', async () => {
  const consumed = emf(
    'WebhooksReceived',
    'Count',
    { source: 'stripe', eventType: 'invoice.paid', status: 'processed' },
    2,
  );

  const lines = [received('accepted'), received('invalid_signature'), received('handshake'), consumed];

  expect(await exposed(...lines)).toEqual([
    'webhooks_received_total{source="stripe",status="accepted"} 1',
    'webhooks_received_total{source="stripe",status="invalid_signature"} 1',
    'webhooks_received_total{source="stripe",status="handshake"} 1',
    'webhooks_received_total{source="stripe",event_type="invoice.paid",status="processed"} 2',
    'requests_refused_total{source="stripe"} 1',
  ]);
});

test('a metric that one function counts by more labels than another is one metric', async () => {
  expect(
    await exposed(emf('WorkErrored', 'Count', {}, 1), emf('WorkErrored', 'Count', { consumer: 'stripe' }, 1)),
  ).toEqual(['work_errored_total 1', 'work_errored_total{consumer="stripe"} 1']);
});

test('processing time is a histogram in seconds', async () => {
  const lines = await exposed(
    emf('WebhookProcessingTime', 'Seconds', { source: 'github', eventType: 'push' }, [0.2, 0.4]),
  );

  expect(lines).toContain('webhook_processing_seconds_bucket{le="0.25",source="github",event_type="push"} 1');
  expect(lines).toContain('webhook_processing_seconds_count{source="github",event_type="push"} 2');
});

test('delivery attempts by endpoint are a separate metric, so that no sum counts twice', async () => {
  const byStatus = emf('WebhookDeliveryAttempts', 'Count', { status: '200' }, 1);
  const byEndpoint = emf('WebhookDeliveryAttempts', 'Count', { endpoint: 'acme', status: '200' }, 1);

  expect(await exposed(byStatus, byEndpoint)).toEqual([
    'webhook_delivery_attempts_total{status="200"} 1',
    'webhook_delivery_attempts_by_endpoint_total{endpoint="acme",status="200"} 1',
  ]);
});

test('each gauge of the table has its last value, without a sum', async () => {
  const gauges = Object.entries(metrics).filter(([, { statistic }]) => statistic === 'Maximum');
  expect(gauges.map(([name]) => name)).toContain('EndpointsDown');

  for (const [name] of gauges) {
    const lines = await exposed(
      emf(name, 'Count', {}, 3),
      emf(name, 'Count', {}, [7, 5]),
      emf(name, 'Count', {}, 2),
    );
    const snake = name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase();
    expect(lines).toEqual([`${snake} 2`]);
  }
});

test('a counter of the table is a counter, even after zero', async () => {
  expect(await exposed(emf('BreakersOpened', 'Count', {}, 0), emf('BreakersOpened', 'Count', {}, 2))).toEqual(
    ['breakers_opened_total 2'],
  );
});

test('other lines count nothing', async () => {
  expect(await exposed('plain', '{"level":"INFO"}', '{"_aws": broken', '{"_aws":{}}')).toEqual([]);
});

test('the server of /metrics serves nothing else', async () => {
  const exposition = prometheusMetrics();
  exposition.add(emf('WebhookDeliveryAttempts', 'Count', { status: '503' }, 1));
  const server = await serveMetrics(exposition.registry, 0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const found = await fetch(`http://127.0.0.1:${address.port}/metrics`);
  const other = await fetch(`http://127.0.0.1:${address.port}/`);

  expect(await found.text()).toContain('webhook_delivery_attempts_total{status="503"} 1');
  expect(found.headers.get('content-type')).toContain('text/plain');
  expect(other.status).toBe(404);
  server.closeAllConnections();
  server.close();
});
