import { describe, expect, test } from 'vitest';
import { plainLog } from '../../lambdas/adapters/telemetry/plain-log.ts';
import { reportReceived } from '../../lambdas/inbound/receive-response.ts';
import { type ReceiveResult, refused, unavailable } from '../../lambdas/inbound/receive-result.ts';
import { outputLines } from '../support/worlds/output-lines.ts';
import { countBy, logGroupOf } from './support/filter-pattern.ts';
import { idOf } from './support/policies.ts';
import { synth } from './support/synth.ts';

const app = synth();
const filters = Object.entries(app.resources('AWS::Logs::MetricFilter'));
/** Those of the log of stripe's receiver. */
const receivers = filters
  .map(([, { Properties }]) => Properties)
  .filter((filter) => logGroupOf(filter) === idOf(app, 'AWS::Logs::LogGroup', 'Source-stripe/ReceiveLogs'));

/** The lines that a receiver writes for a result. */
function linesOf(result: ReceiveResult): string[] {
  const lines = outputLines();
  reportReceived('stripe', result, { correlationId: 'c', bytes: 2, durationMs: 1 }, plainLog());
  return lines;
}

const event = { id: 'evt_1', type: 'a.b', attributes: {}, body: Buffer.from('{}') };
const results: readonly (readonly [status: string, result: ReceiveResult])[] = [
  ['accepted', { kind: 'accepted', events: [event] }],
  ['accepted', { kind: 'accepted', events: [] }],
  ['handshake', { kind: 'handshake', response: { status: 200, body: 'yes' } }],
  ['payload_too_large', refused(413, 'payload_too_large', '9 bytes')],
  ['forbidden_address', refused(403, 'forbidden_address', '192.0.2.1')],
  ['invalid_signature', refused(401, 'invalid_signature', 'mismatch')],
  ['invalid_timestamp', refused(401, 'invalid_timestamp', 'too-old')],
  ['invalid_body', refused(400, 'invalid_body', 'no id')],
  ['secret_not_set', refused(503, 'secret_not_set', 'set it')],
  ['unavailable', unavailable('the queue', new Error('what', { cause: { status: 'accepted' } }))],
];

describe('a metric filter counts the lines of', () => {
  test.each(results)('a metric filter counts a request that is %s', (status, result) => {
    const [line = '', ...others] = linesOf(result);

    expect(others).toEqual([]);
    const counted = receivers.flatMap((filter) => countBy(filter, line) ?? []);
    const isRefused = result.kind === 'refused';
    expect(counted).toEqual([
      { name: 'WebhooksReceived', dimensions: `source=stripe,status=${status}` },
      ...(isRefused ? [{ name: 'RequestsRefused', dimensions: 'source=stripe' }] : []),
    ]);
  });

  test('a metric filter counts no other line of a receiver', () => {
    const line = JSON.stringify({ level: 'WARN', message: 'refusal.keep-failed', reason: 'why' });

    expect(receivers).toHaveLength(2);
    expect(receivers.flatMap((filter) => countBy(filter, line) ?? [])).toEqual([]);
  });
});

test('the dimensions of metric filters are three at most, and no field that a sender can set', () => {
  const names = filters.flatMap(([, { Properties }]) => {
    const [{ Dimensions = [] }] = Properties['MetricTransformations'] as [
      { Dimensions?: { Value: string }[] },
    ];
    expect(Dimensions.length).toBeLessThanOrEqual(3);
    return Dimensions.map(({ Value }) => Value);
  });

  expect(new Set(names)).toEqual(new Set(['$.source', '$.status']));
});

test('the receivers that all sources share have one pair of filters', () => {
  const shared = synth({ isolation: 'shared' });

  expect(Object.keys(shared.resources('AWS::Logs::MetricFilter')).sort()).toEqual([
    'Monitoring/RequestsThrottled',
    'Sources/RequestsRefused',
    'Sources/WebhooksReceived',
  ]);
});
