import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, it, vi } from 'vitest';
import { checkAlarms } from '../../../cli/doctor/checks.ts';
import { isLogGroupMeant } from '../../../cli/stack/log-groups.ts';

// A stack's name may begin with another's.
const stacks = ['Hookline', 'Hookline-staging', 'Hookline2', 'My-Hookline'];

it.each(stacks)('tail follows the functions of %s, and of no stack beside it', (stack) => {
  const groups = stacks.flatMap((name) => [
    `${name}-OutboundDeliverLogs0A1B2C3D-5F6EabcdEFGH`,
    `${name}-SourcestripeReceiveLogs0A1B2C3D-5F6EabcdEFGH`,
    `/aws/cloudformation/${name}/OutboundDeliverLogs0A1B2C3D`,
  ]);

  expect(groups.filter(isLogGroupMeant(stack, undefined))).toEqual([
    `${stack}-OutboundDeliverLogs0A1B2C3D-5F6EabcdEFGH`,
    `/aws/cloudformation/${stack}/OutboundDeliverLogs0A1B2C3D`,
  ]);
  expect(groups.filter(isLogGroupMeant(stack, 'stripe'))).toEqual([
    `${stack}-SourcestripeReceiveLogs0A1B2C3D-5F6EabcdEFGH`,
  ]);
});

it('tail on a laptop follows any stack', () => {
  const isMeant = isLogGroupMeant(undefined, undefined);

  expect(isMeant('/aws/cloudformation/Flows/OutboundDeliverLogs0A1B2C3D')).toBe(true);
});

it('doctor reports the alarms of the stack, and of no other stack, in any number', async () => {
  const alarm = (name: string) => ({ AlarmName: name, AlarmDescription: `of ${name}` });
  const beside = Array.from({ length: 50 }, (_, at) => alarm(`Hookline-staging-Sweep${at}-5F6EabcdEFGH`));
  const client = new CloudWatchClient({ region: 'eu-central-1' });
  vi.spyOn(client, 'send')
    .mockImplementationOnce(async () => ({ MetricAlarms: beside, NextToken: 'more' }))
    .mockImplementationOnce(async () => ({ MetricAlarms: [alarm('Hookline-Sweep-5F6EabcdEFGH')] }));

  expect(await checkAlarms('Hookline', client)).toEqual([
    { check: 'alarm Hookline-Sweep-5F6EabcdEFGH', ok: false, detail: 'of Hookline-Sweep-5F6EabcdEFGH' },
  ]);
});
