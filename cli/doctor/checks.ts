import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { type Dlq, dlqsNamed } from '../dlq/queues-of-stack.ts';
import { aboutOf, queueCounts, totalOf } from '../kept/queue-counts.ts';
import { secretVersions } from '../secrets/versions.ts';
import { addressOf, ownSecret } from '../stack/address.ts';
import type { Deployment } from '../stack/deployment.ts';
import { fetchWithReason } from '../stack/fetch-with-reason.ts';
import { isOfStack } from '../stack/resource-names.ts';
import { failureLine } from '../terminal/errors.ts';
import { counted } from '../terminal/table.ts';
import type { Finding } from './finding.ts';
import { missingQueue } from './left-findings.ts';

/** Checks that deliveries can be signed, and that secrets of endpoints can be decrypted. */
export async function checkOwnSecrets(
  { sources, outbound }: Deployment,
  client: SecretsManagerClient,
): Promise<Finding[]> {
  if (outbound === undefined) return [];
  const { signingSecretArn, masterSecretArn } = outbound;
  const signing = await secretVersions(client, signingSecretArn).current();
  const canSign = signing && parseSecretValue(signing.value, 'standard-webhooks') !== undefined;
  const master = await secretVersions(client, masterSecretArn).current();
  const name = addressOf('stack', ownSecret, Object.keys(sources));
  return [
    {
      check: 'signing secret',
      ok: canSign === true,
      detail: canSign ? 'is set' : 'is not a Standard Webhooks secret, so no delivery can be signed',
      command: canSign ? undefined : `secrets set ${name}`,
    },
    {
      check: 'master secret',
      ok: Boolean(master?.value),
      detail: master?.value ? 'is set' : 'has no value, so no endpoint’s secret can be opened',
      advice: master?.value
        ? undefined
        : 'Store its last value again with aws secretsmanager put-secret-value.',
    },
  ];
}

/** Checks that there are no dead letters. Lists those that endpoints refused, which are not a fault of the stack. */
export async function checkDeadLetters(deployment: Deployment, client: SQSClient): Promise<Finding[]> {
  const dlqs = dlqsNamed(deployment);
  const found = await Promise.all(dlqs.map((dlq) => deadLettersOf(dlq, client)));
  const findings = found.filter((finding) => finding !== undefined);
  if (findings.length > 0) return findings;
  return [{ check: 'dead letters', ok: true, detail: `none in ${dlqs.length} queues` }];
}

/** @returns undefined when there are none */
async function deadLettersOf(dlq: Dlq, client: SQSClient): Promise<Finding | undefined> {
  const { name, url, isOfEndpoints = false } = dlq;
  const check = `dead letters of ${name}`;
  try {
    const counts = await queueCounts(client, url);
    if (counts === undefined) return missingQueue(check, url);
    const count = totalOf(counts);
    if (count === 0) return undefined;
    const detail = `${aboutOf(count, 'message')}${isOfEndpoints ? ' that endpoints did not take' : ''}`;
    return { check, ok: isOfEndpoints, detail, command: `dlq list ${name}` };
  } catch (error) {
    return { check, ok: false, detail: `could not be counted: ${failureLine(error)}` };
  }
}

/** The alarms of a stack that the local AWS does not have; the count is undefined if it is unknown. */
interface LeftOut {
  readonly count: number | undefined;
}

/**
 * Checks that no alarm of the stack is on.
 *
 * @param stack name of one stack; undefined for all
 * @param leftOut the alarms that a local AWS does not have; undefined on AWS
 */
export async function checkAlarms(
  stack: string | undefined,
  client: CloudWatchClient,
  leftOut?: LeftOut,
): Promise<Finding[]> {
  const isOwn = isOfStack(stack);
  const own: MetricAlarm[] = [];
  const asked = {
    AlarmNamePrefix: stack && `${stack}-`,
    StateValue: leftOut === undefined ? ('ALARM' as const) : undefined,
  };
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, asked))
    own.push(...MetricAlarms.filter(({ AlarmName = '' }) => isOwn(AlarmName)));
  const on = leftOut === undefined ? own : own.filter(({ StateValue }) => StateValue === 'ALARM');
  const found = on.map(({ AlarmName = '', AlarmDescription = '' }) => ({
    check: `alarm ${AlarmName}`,
    ok: false,
    detail: AlarmDescription,
  }));
  if (leftOut !== undefined) return [...found, notWatched(leftOut, own.length, on.length)];
  return on.length > 0 ? found : [{ check: 'alarms', ok: true, detail: 'none is on' }];
}

/** Says how many alarms the local AWS lacks, because it has no metric math: that none is on means little there. */
function notWatched({ count }: LeftOut, there: number, on: number): Finding {
  const missing =
    count === undefined
      ? 'those of the stack’s alarms that calculate with metrics are'
      : `${count} of the stack’s alarms ${count === 1 ? 'is' : 'are'}`;
  return {
    check: 'alarms',
    ok: true,
    detail: `${missing} not in the local AWS (metric math); of the ${counted(there, 'other', 'others')} ${on === 0 ? 'none' : on} ${on > 1 ? 'are' : 'is'} on. The check of the consumers replaces some of them`,
  };
}

/** Providers and AWS sign times: a clock may be off by less than their tolerance. */
const maxSkewSeconds = 60;

/** Checks that this machine's clock agrees with the API's. */
export async function checkClock({ managementUrl }: Deployment): Promise<Finding[]> {
  // A refused request has the time in its response, too.
  const response = await fetchWithReason(managementUrl, {});
  const there = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(there)) return [];
  const skew = Math.round((Date.now() - there) / 1000);
  const ok = Math.abs(skew) <= maxSkewSeconds;
  return [
    {
      check: 'clock',
      ok,
      detail: `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} the API`,
      advice: ok ? undefined : 'Set the time of this machine: requests that it signs are refused.',
    },
  ];
}
