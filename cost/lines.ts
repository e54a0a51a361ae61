/**
 * Lines that Lambda and API Gateway write, in the form of their documentation. The model counts their sizes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
 */
const requestId = '79b4f56e-95b1-4643-9700-2807f4e68189';
const time = '2026-11-28T12:00:00.000Z';

const start = { time, type: 'platform.start', record: { requestId, version: '$LATEST' } };
const metrics = { durationMs: 12.345, billedDurationMs: 13, memorySizeMB: 512, maxMemoryUsedMB: 128 };
const report = { time, type: 'platform.report', record: { requestId, metrics, status: 'success' } };

/** A line of the access log. */
export const accessLine = {
  requestId: 'UVx1Yg0aIAMEVlw=',
  ip: '203.0.113.100',
  method: 'POST',
  path: '/webhooks/stripe',
  status: '200',
  latency: '23',
  error: '- -',
};

const bytes = (line: object): number => Buffer.byteLength(JSON.stringify(line));

/** Bytes of Lambda's own lines for an invocation, and of one in the access log. */
export const platformLineBytes = bytes(start) + bytes(report);
export const accessLineBytes = bytes(accessLine);
