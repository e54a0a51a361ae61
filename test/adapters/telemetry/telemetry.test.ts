import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../../lambdas/adapters/telemetry/telemetry.ts';
import type { OutboundTelemetry } from '../../../lambdas/outbound/telemetry.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Blue');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const any = { source: 'stripe', eventType: 'any', status: 'processed' };
const written = (level: 'log' | 'info' | 'error') =>
  vi.mocked(console[level]).mock.calls.map(([line]) => JSON.parse(String(line)));

describe('telemetry', () => {
  it('telemetry writes one line for each set of dimensions, with the sums and the times', () => {
    const report = telemetry('consume');
    const stripe = { source: 'stripe', eventType: 'ping' };
    const processed = { ...stripe, status: 'processed' };
    report.count('WebhooksReceived', processed);
    report.count('WebhooksReceived', { status: 'processed', eventType: 'ping', source: 'stripe' });
    report.count('WebhooksReceived', { ...stripe, status: 'failed' });
    report.seconds('WebhookProcessingTime', stripe, 0.25);
    report.seconds('WebhookProcessingTime', stripe, 0.5);
    expect(written('log')).toEqual([]);

    report.flush();

    expect(written('log')).toMatchObject([
      {
        service: 'consume',
        source: 'stripe',
        status: 'processed',
        WebhooksReceived: 2,
        _aws: {
          CloudWatchMetrics: [
            { Namespace: 'Blue', Dimensions: [['service', 'source', 'eventType', 'status']] },
          ],
        },
      },
      { source: 'stripe', status: 'failed', WebhooksReceived: 1 },
      { source: 'stripe', eventType: 'ping', WebhookProcessingTime: [0.25, 0.5] },
    ]);
  });

  it('telemetry starts again after a flush, and writes nothing if there is nothing', () => {
    const report = telemetry('consume');
    report.count('WebhooksReceived', any, 5);
    report.flush();

    report.flush();
    report.count('WebhooksReceived', any);
    report.flush();

    expect(written('log').map((line) => line.WebhooksReceived)).toEqual([5, 1]);
  });

  it('telemetry writes lines with the necessary fields, without the id of a trace that nothing records', () => {
    vi.stubEnv(
      '_X_AMZN_TRACE_ID',
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
    );

    telemetry('consume').log({ source: 'stripe' }).info('event.consumed', { status: 'processed' });

    const [line] = written('info');
    expect(Object.keys(line)).toEqual(['level', 'message', 'timestamp', 'source', 'status']);
  });

  it('telemetry writes an error with its causes, even a strange one', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const cause = Object.assign(new TypeError('why'), { code: 'E' });
    telemetry('consume').error('event.errored', { id: 1 }, new Error('what', { cause }));
    telemetry('consume').error('event.errored', {}, Object.freeze(new Error('frozen')));
    telemetry('consume').error('event.errored', {}, Object.assign(new Error('bare'), { stack: undefined }));
    const own = new Error('own');
    own.cause = own;
    telemetry('consume').error('event.errored', {}, own);
    const hostile = Object.defineProperty(new Error('hostile'), 'stack', {
      get: () => {
        throw new Error('no');
      },
    });
    telemetry('consume').error('event.errored', {}, hostile);

    expect(written('error')).toMatchObject([
      {
        id: 1,
        error: { name: 'Error', message: 'what', cause: { name: 'TypeError', message: 'why', code: 'E' } },
      },
      { error: { message: 'frozen' } },
      { error: { message: 'bare' } },
      { error: { message: 'own', cause: { cause: { message: 'own' } } } },
      { error: { message: 'an error that cannot be read' } },
    ]);
  });

  it('telemetry loses none of many values', () => {
    const report = telemetry('consume');
    for (let value = 1; value <= 250; value++) {
      report.seconds('WebhookProcessingTime', { source: 'stripe', eventType: 'any' }, value);
    }

    report.flush();

    const values = written('log').flatMap((line) => line.WebhookProcessingTime);
    expect(values).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  });

  it('telemetry accepts only the metrics that the table lists for its service', () => {
    const report = telemetry('publish');

    report.count('EventsPublished', { status: 'published' });
    // @ts-expect-error: it is the sweep that counts endpoints.
    report.count('EndpointsDown', {});
    // @ts-expect-error: there is no such metric.
    report.count('EventPublished', { status: 'published' });
    // @ts-expect-error: it has a status.
    report.count('EventsPublished', {});
    // @ts-expect-error: it has no such dimension.
    report.count('EventsPublished', { status: 'published', tenant: 'acme' });
    // @ts-expect-error: it is a count, not a time.
    report.seconds('EventsPublished', { status: 'published' }, 1);
    // @ts-expect-error: a use case that counts other things cannot be run with it.
    const other: OutboundTelemetry<'EventsPublished' | 'BreakersOpened'> = report;
    const own: OutboundTelemetry<'EventsPublished'> = report;

    expect(own).toBe(other);
  });

  it('telemetry keeps the fields of concurrent logs apart', () => {
    const report = telemetry('consume');
    const one = report.log({ eventId: 'evt_1' });
    const other = report.log({ eventId: 'evt_2' });

    other.info('account.credited', { amount: 5 });
    one.info('account.credited', { amount: 7 });

    expect(written('info').map(({ eventId, amount }) => [eventId, amount])).toEqual([
      ['evt_2', 5],
      ['evt_1', 7],
    ]);
  });
});
