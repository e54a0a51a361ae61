import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { days, later, seconds, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { pascalCase } from '../../lib/pascal-case.ts';
import { stackResources } from '../stack/stack-resources.ts';
import { instant } from '../terminal/table.ts';
import type { Finding } from './finding.ts';

/** The sweep runs every minute; CloudWatch may have a run some minutes later. */
const window = seconds(600);
/** CloudWatch returns 1,440 values at most. */
const lookBack = { span: days(14), periodSeconds: 3_600 };
const check = 'sweep';

/** The stack, and the path of the `Webhooks` construct below it if it has several. */
interface Where {
  readonly stack: string;
  readonly construct?: string;
}

/**
 * Checks that the sweep ran lately. It sends long retries and finds lost deliveries.
 *
 * @param where the stack and the construct that have the sweep's function
 */
export async function checkSweep(
  where: Where,
  formation: CloudFormationClient,
  watch: CloudWatchClient,
  now: UnixMillis,
): Promise<Finding[]> {
  const { lambda, schedule } = await sweepOf(where, formation);
  if (lambda === undefined)
    return [
      {
        check,
        ok: false,
        detail: `${where.stack} has no sweep function`,
        advice: 'npx cdk deploy makes it.',
      },
    ];
  const recent = await lastRun(watch, lambda, back(now, window), now, 60);
  if (recent !== undefined) return [{ check, ok: true, detail: `ran ${instant(recent)}` }];
  const earlier = await lastRun(watch, lambda, back(now, lookBack.span), now, lookBack.periodSeconds);
  const detail =
    earlier === undefined
      ? `${lambda} has not run in 14 days, or ever`
      : `${lambda} has not run for ${window / 60} minutes; its last run was in the hour from ${instant(earlier)}`;
  return [
    {
      check,
      ok: false,
      detail: `${detail}: retries after more than 15 minutes are not sent, and lost tasks are not found`,
      advice:
        'If the stack was deployed minutes ago, repeat the command. Otherwise check that the schedule is ENABLED and that its role may invoke the function:',
      awsCommand: `scheduler get-schedule --name ${schedule ?? 'NAME'} --query '[State,ChosenTarget.RoleArn]'`,
    },
  ];
}

const back = (now: UnixMillis, span: number): UnixMillis => later(now, seconds(-span));

/** The physical names of the function and its schedule. */
async function sweepOf({ stack, construct = '' }: Where, client: CloudFormationClient) {
  const found = await stackResources(client, stack);
  const begin = construct.split('/').map(pascalCase).join('');
  const named = (type: string) =>
    found.find(
      ({ ResourceType, LogicalResourceId, ResourceStatus = '' }) =>
        ResourceType === type &&
        LogicalResourceId?.startsWith(begin) &&
        LogicalResourceId.includes('OutboundSweep') &&
        !ResourceStatus.startsWith('DELETE_'),
    )?.PhysicalResourceId;
  return { lambda: named('AWS::Lambda::Function'), schedule: named('AWS::Scheduler::Schedule') };
}

/** @returns the beginning of the last period in which the function ran */
async function lastRun(
  client: CloudWatchClient,
  lambda: string,
  from: UnixMillis,
  to: UnixMillis,
  Period: number,
): Promise<UnixMillis | undefined> {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: lambda }],
      StartTime: new Date(from),
      EndTime: new Date(to),
      Period,
      Statistics: ['Sum'],
    }),
  );
  const ran = Datapoints.flatMap(({ Sum = 0, Timestamp }) =>
    Sum > 0 && Timestamp ? [Timestamp.getTime()] : [],
  );
  return ran.length === 0 ? undefined : unixMillis(Math.max(...ran));
}
