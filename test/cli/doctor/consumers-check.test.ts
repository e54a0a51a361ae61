import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it, vi } from 'vitest';
import { checkAlarms } from '../../../cli/doctor/checks.ts';
import { checkConsumers } from '../../../cli/doctor/consumers.ts';
import { queueMappings } from '../../../cli/doctor/queue-mappings.ts';
import { fromLocalOutputs } from '../../../cli/stack/deployment.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

const now = unixMillis(Date.parse('2026-11-28T12:00:00Z'));
const queues = ['stripe', 'partner', 'publish', 'delivery', 'sideline'] as const;
type Queue = (typeof queues)[number];

const urlOf = (name: Queue) => `https://sqs.eu-central-1.amazonaws.com/1/${name}`;
const deployment = fromLocalOutputs({
  ...localOutputs,
  queues: {
    publish: urlOf('publish'),
    sideline: urlOf('sideline'),
    delivery: urlOf('delivery'),
    inbound: { stripe: urlOf('stripe'), partner: urlOf('partner') },
  },
});

const mappingOf = (queue: string, more: object = {}) => ({
  UUID: `uuid-${queue}`,
  EventSourceArn: `arn:aws:sqs:eu-central-1:1:${queue}`,
  FunctionArn: `arn:aws:lambda:eu-central-1:1:function:consume-${queue}:live`,
  State: 'Enabled',
  ...more,
});

interface World {
  readonly mappings?: readonly object[];
  /** By the id of a metric: the values of its minutes. */
  readonly values?: Readonly<Record<string, number[]>>;
}

const healthy = queues.map((queue) => mappingOf(queue));
const withStripe = (more: object) => [mappingOf('stripe', more), ...healthy.slice(1)];

async function doctor({ mappings = healthy, values = {} }: World) {
  const lambda = new LambdaClient({ region: 'eu-central-1' });
  const watch = new CloudWatchClient({ region: 'eu-central-1' });
  vi.spyOn(lambda, 'send')
    .mockImplementationOnce(async () => ({
      EventSourceMappings: [mappingOf('of-another-stack', { State: 'Disabled' })],
      NextMarker: 'more',
    }))
    .mockImplementationOnce(async () => ({ EventSourceMappings: mappings }));
  const asked = vi.spyOn(watch, 'send').mockImplementation(async () => ({
    MetricDataResults: Object.entries(values).map(([Id, Values]) => ({ Id, Values })),
  }));
  const found = await queueMappings(lambda, deployment);
  return { findings: await checkConsumers(deployment, found, watch, now), asked };
}

it('consumers that read their queues and do not fail are fine, with one request to CloudWatch', async () => {
  const { findings, asked } = await doctor({ values: { errors0: [0, 0], throttles1: [] } });

  expect(findings).toEqual([
    {
      check: 'consumers',
      ok: true,
      detail: 'the functions of all 5 queues read them, and none failed in 15 minutes',
    },
  ]);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]?.[0].input).toMatchObject({ StartTime: new Date('2026-11-28T11:45:00Z') });
  expect(JSON.stringify(asked.mock.calls[0]?.[0].input)).toContain('"Value":"consume-stripe"');
});

it('a consumer that failed by its function’s metric is reported, with the log to read', async () => {
  const { findings } = await doctor({ values: { errors0: [2, 1], throttles0: [1] } });

  expect(findings).toMatchObject([
    {
      check: 'consumer of stripe',
      ok: false,
      detail:
        'consume-stripe failed 3 times and was throttled 1 time in 15 minutes: its messages are retried until it works',
      advice: expect.stringContaining('One bundle has the handlers of all sources'),
      command: 'tail --source stripe --since 900',
    },
  ]);
});

it('a consumer that was only throttled points at the concurrency', async () => {
  const { findings } = await doctor({ values: { throttles3: [4] } });

  expect(findings).toMatchObject([
    {
      check: 'consumer of delivery',
      ok: false,
      advice: expect.stringContaining('see concurrency'),
      command: 'tail --since 900',
    },
  ]);
});

it.each([
  ['FAILED', 'consume-stripe failed on its last batch'],
  ['PROBLEM: Function call failed', 'consume-stripe failed on its last batch'],
  ['OK - 0 records, 2 partial failures', 'consume-stripe did not handle 2 messages of its last batch'],
])(
  'a consumer on a local AWS, which counts no failures, is judged by its last batch: %s',
  async (result, said) => {
    const { findings } = await doctor({ mappings: withStripe({ LastProcessingResult: result }) });

    expect(findings).toMatchObject([
      { check: 'consumer of stripe', ok: false, detail: expect.stringContaining(said) },
    ]);
  },
);

it.each(['No records processed', 'OK - 5 records', 'OK - 5 records, 0 partial failures'])(
  'a last batch without failures is not a finding: %s',
  async (result) => {
    const { findings } = await doctor({ mappings: withStripe({ LastProcessingResult: result }) });

    expect(findings).toMatchObject([{ check: 'consumers', ok: true }]);
  },
);

it.each(['Disabled', 'Disabling', 'Deleting'])(
  'a mapping that is %s leaves its queue unread',
  async (State) => {
    const { findings } = await doctor({ mappings: withStripe({ State }) });

    expect(findings).toMatchObject([
      {
        check: 'consumer of stripe',
        ok: false,
        detail: `its event source mapping is ${State}, so the messages in stripe wait`,
        awsCommand: 'lambda update-event-source-mapping --uuid uuid-stripe --enabled',
      },
    ]);
  },
);

it('a queue without a mapping is reported', async () => {
  const { findings } = await doctor({ mappings: healthy.slice(1) });

  expect(findings).toMatchObject([
    { check: 'consumer of stripe', ok: false, detail: 'no function reads stripe, so its messages wait' },
  ]);
});

it.each([
  [21, '21 of the stack’s alarms are not in the local AWS (metric math); of the 2 others none is on'],
  [undefined, 'those of the stack’s alarms that calculate with metrics are not in the local AWS'],
])('a local AWS without all alarms never shows a plain green: %s are missing', async (count, said) => {
  const client = new CloudWatchClient({ region: 'us-east-1' });
  const MetricAlarms = ['A', 'B'].map((name) => ({ AlarmName: `Hookline-${name}-1`, StateValue: 'OK' }));
  vi.spyOn(client, 'send').mockImplementation(async () => ({ MetricAlarms }));

  const [finding, ...more] = await checkAlarms(undefined, client, { count });

  expect(more).toEqual([]);
  expect(finding).toMatchObject({ check: 'alarms', ok: true, detail: expect.stringContaining(said) });
});
