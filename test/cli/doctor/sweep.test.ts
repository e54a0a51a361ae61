import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, it, vi } from 'vitest';
import { checkSweep } from '../../../cli/doctor/sweep.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.parse('2026-11-28T12:00:00Z'));
const ran = (at: string, Sum = 1) => ({ Timestamp: new Date(at), Sum });
const resource = (ResourceType: string, LogicalResourceId: string, PhysicalResourceId: string) => ({
  ResourceType,
  LogicalResourceId,
  PhysicalResourceId,
  ResourceStatus: 'CREATE_COMPLETE',
});
const others = [resource('AWS::Lambda::Function', 'OutboundDeliver0A1B', 'deliver')];
const sweeping = [
  resource('AWS::Lambda::Function', 'OutboundSweep0A1B', 'sweep-fn'),
  resource('AWS::Scheduler::Schedule', 'OutboundSweepSchedule0A1B', 'sweep-schedule'),
];

async function doctor(recent: object[], earlier: object[] = [], resources: object[] = sweeping) {
  const formation = new CloudFormationClient({ region: 'eu-central-1' });
  const watch = new CloudWatchClient({ region: 'eu-central-1' });
  vi.spyOn(formation, 'send')
    .mockImplementationOnce(async () => ({ StackResourceSummaries: others, NextToken: 'more' }))
    .mockImplementationOnce(async () => ({ StackResourceSummaries: resources }));
  const asked = vi
    .spyOn(watch, 'send')
    .mockImplementationOnce(async () => ({ Datapoints: recent }))
    .mockImplementationOnce(async () => ({ Datapoints: earlier }));
  return { findings: await checkSweep({ stack: 'Hookline' }, formation, watch, now), asked };
}

it('a sweep that ran within ten minutes is fine, with one request to CloudWatch', async () => {
  const { findings, asked } = await doctor([ran('2026-11-28T11:57:00Z'), ran('2026-11-28T11:58:00Z')]);

  expect(findings).toEqual([{ check: 'sweep', ok: true, detail: 'ran 2026-11-28 11:58:00Z' }]);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]?.[0].input).toMatchObject({
    Dimensions: [{ Name: 'FunctionName', Value: 'sweep-fn' }],
    StartTime: new Date('2026-11-28T11:50:00Z'),
  });
});

it('the function that a replacement left behind is not the sweep', async () => {
  const [lambda] = sweeping;
  const replaced = { ...lambda, PhysicalResourceId: 'old-fn', ResourceStatus: 'DELETE_COMPLETE' };
  const { asked } = await doctor([ran('2026-11-28T11:58:00Z')], [], [replaced, ...sweeping]);

  expect(asked.mock.calls[0]?.[0].input).toMatchObject({
    Dimensions: [{ Name: 'FunctionName', Value: 'sweep-fn' }],
  });
});

it('a sweep that has never run is reported, with the command that shows its schedule', async () => {
  const { findings } = await doctor([ran('2026-11-28T11:58:00Z', 0)]);

  expect(findings).toMatchObject([
    {
      ok: false,
      detail: expect.stringContaining('sweep-fn has not run in 14 days, or ever'),
      awsCommand: "scheduler get-schedule --name sweep-schedule --query '[State,ChosenTarget.RoleArn]'",
    },
  ]);
});

it('a sweep that stopped is reported with its last run', async () => {
  const { findings } = await doctor([], [ran('2026-11-27T08:00:00Z'), ran('2026-11-27T09:00:00Z')]);

  expect(findings).toMatchObject([
    { ok: false, detail: expect.stringContaining('its last run was in the hour from 2026-11-27 09:00:00Z') },
  ]);
});

it('a stack without a sweep is reported, too', async () => {
  expect((await doctor([], [], others)).findings).toMatchObject([
    { ok: false, detail: 'Hookline has no sweep function' },
  ]);
});
