import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { queueNameOf } from '../../lambdas/adapters/sqs/queue.ts';
import { later, seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import type { Deployment } from '../stack/deployment.ts';
import { cell, counted } from '../terminal/table.ts';
import type { Finding } from './finding.ts';
import { queueIn } from './queue-mappings.ts';

/** A queue that a function consumes. */
interface Consumed {
  readonly queue: string;
  /** Its source's name, `3 sources`, `publish`, `delivery` or `sideline`. */
  readonly names: string;
  /** Undefined for the queues of sending, and for one that several sources share. */
  readonly source: string | undefined;
  /** The failures of its function are reported for another queue. */
  readonly isSecond?: boolean;
}

/** The number of failures and throttles of a function in the last minutes. */
interface Failures {
  readonly errors: number;
  readonly throttles: number;
}

/** Three periods of the alarm ConsumerFails. */
const window = seconds(900);
/** CloudWatch allows 500 metrics in a request; each function has two. */
const functionsAtOnce = 250;

/**
 * Checks that the function of each queue reads it, and has not failed lately.
 *
 * On AWS the functions' metrics count failures. A local AWS does not count them, but has the result of the last batch, which
 * AWS does not have for SQS.
 *
 * @param mappings of the deployment's queues
 */
export async function checkConsumers(
  deployment: Deployment,
  mappings: readonly EventSourceMappingConfiguration[],
  watch: CloudWatchClient,
  now: UnixMillis,
): Promise<Finding[]> {
  const consumed = consumedQueues(deployment);
  const byQueue = new Map(mappings.map((mapping) => [queueIn(mapping), mapping]));
  const names = [...new Set([...byQueue.values()].map(functionNameOf))];
  const failures = await failuresOf(watch, names, now);
  const findings = consumed.flatMap((one) => findingsOf(one, byQueue.get(one.queue), failures));
  if (findings.length > 0) return findings;
  const detail = `the functions of all ${consumed.length} queues read them, and none failed in ${window / 60} minutes`;
  return [{ check: 'consumers', ok: true, detail }];
}

function consumedQueues(deployment: Deployment): Consumed[] {
  const { sources, outbound } = deployment;
  const bySource = Map.groupBy(Object.values(sources), ({ queueUrl }) => queueNameOf(queueUrl));
  const ofSources = [...bySource].map(([queue, sharing]) => ({
    queue,
    names: sharing.length === 1 ? sharing.map(({ name }) => name).join() : `${sharing.length} sources`,
    source: sharing.length === 1 ? sharing[0]?.name : undefined,
  }));
  if (outbound === undefined) return ofSources;
  return [
    ...ofSources,
    { queue: queueNameOf(outbound.publishQueueUrl), names: 'publish', source: undefined },
    { queue: queueNameOf(outbound.deliveryQueueUrl), names: 'delivery', source: undefined },
    { queue: queueNameOf(outbound.sidelineQueueUrl), names: 'sideline', source: undefined, isSecond: true },
  ];
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, and what may follow. */
const functionNameOf = ({ FunctionArn = '' }: EventSourceMappingConfiguration): string =>
  FunctionArn.split(':')[6] ?? '';

async function failuresOf(
  client: CloudWatchClient,
  names: readonly string[],
  now: UnixMillis,
): Promise<ReadonlyMap<string, Failures>> {
  const found = new Map<string, Failures>();
  for (let from = 0; from < names.length; from += functionsAtOnce) {
    const some = names.slice(from, from + functionsAtOnce);
    const sums = await sumsOf(client, some, now);
    some.forEach((name, index) => {
      found.set(name, {
        errors: sums.get(`errors${index}`) ?? 0,
        throttles: sums.get(`throttles${index}`) ?? 0,
      });
    });
  }
  return found;
}

/** @returns the sums by metric and the function's index: `errors0`, `throttles0`, `errors1` … */
async function sumsOf(
  client: CloudWatchClient,
  names: readonly string[],
  now: UnixMillis,
): Promise<ReadonlyMap<string, number>> {
  const metric = (MetricName: string) => (name: string, index: number) => ({
    Id: `${MetricName.toLowerCase()}${index}`,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: name }] },
      Period: 60,
      Stat: 'Sum',
    },
  });
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [...names.map(metric('Errors')), ...names.map(metric('Throttles'))],
      StartTime: new Date(later(now, seconds(-window))),
      EndTime: new Date(now),
    }),
  );
  return new Map(
    MetricDataResults.map(({ Id = '', Values = [] }) => [Id, Values.reduce((sum, value) => sum + value, 0)]),
  );
}

/** The states in which a mapping reads its queue, or is about to. */
const reading: ReadonlySet<string> = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

function findingsOf(
  consumed: Consumed,
  mapping: EventSourceMappingConfiguration | undefined,
  failures: ReadonlyMap<string, Failures>,
): Finding[] {
  const check = `consumer of ${consumed.names}`;
  if (mapping === undefined)
    return [
      {
        check,
        ok: false,
        detail: `no function reads ${consumed.queue}, so its messages wait`,
        advice: 'Its event source mapping was deleted by hand: npx cdk deploy alone does not bring it back.',
      },
    ];
  const { State = 'Enabled', UUID = '' } = mapping;
  const stopped: Finding = {
    check,
    ok: false,
    detail: `its event source mapping is ${cell(State)}, so the messages in ${consumed.queue} wait`,
    awsCommand: `lambda update-event-source-mapping --uuid ${UUID} --enabled`,
  };
  const name = functionNameOf(mapping);
  return [
    ...(reading.has(State) ? [] : [stopped]),
    ...failureOf(consumed, name, mapping, consumed.isSecond ? undefined : failures.get(name)),
  ];
}

function failureOf(
  { names, source }: Consumed,
  name: string,
  { LastProcessingResult = '' }: EventSourceMappingConfiguration,
  { errors, throttles }: Failures = { errors: 0, throttles: 0 },
): Finding[] {
  const parts = [
    ...(errors > 0 ? [`failed ${counted(errors, 'time')}`] : []),
    ...(throttles > 0 ? [`was throttled ${counted(throttles, 'time')}`] : []),
  ];
  const recent = parts.length === 0 ? [] : [`${parts.join(' and ')} in ${window / 60} minutes`];
  const failed = [...recent, ...lastBatch(LastProcessingResult)];
  if (failed.length === 0) return [];
  return [
    {
      check: `consumer of ${names}`,
      ok: false,
      detail: `${name} ${failed.join('; ')}: its messages are retried until it works`,
      advice: throttles > errors ? throttledAdvice : failedAdvice,
      command: source === undefined ? 'tail --since 900' : `tail --source ${source} --since 900`,
    },
  ];
}

const throttledAdvice = 'The account runs too few functions at once: see concurrency.';
const failedAdvice =
  'One bundle has the handlers of all sources: a file that throws when it is imported stops all their consumers. The error is in the log; on a laptop npm start shows it.';

/** Reads the result of the last batch on a local AWS: `FAILED`, or `OK - 3 records, 1 partial failures`. */
function lastBatch(result: string): string[] {
  if (/^(?:FAILED|PROBLEM)/.test(result)) return ['failed on its last batch'];
  const [, partial = '0'] = /(\d+) partial failures?/.exec(result) ?? [];
  return Number(partial) > 0
    ? [`did not handle ${counted(Number(partial), 'message')} of its last batch`]
    : [];
}
