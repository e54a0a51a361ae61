import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbInboundEvents } from '../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { payloadStore } from '../../lambdas/adapters/s3/payload-store.ts';
import { sqsQueue } from '../../lambdas/adapters/sqs/queue.ts';
import { type EventRecord, eventKey } from '../../lambdas/domain/idempotency.ts';
import type { KeptStatus } from '../../lambdas/domain/kept-events.ts';
import { unixMillis, utcDay } from '../../lambdas/domain/time.ts';
import { type KeptPage, keptEvents, replayEvent } from '../../lambdas/inbound/replay.ts';
import { replayAll } from '../deliveries/replay-all.ts';
import { adapterClient, dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { type Deployment, inboundOf, openDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { dayArgument } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { cell, counted, instant, table } from '../terminal/table.ts';

interface KeptOptions extends TargetOptions {
  readonly day?: string;
  readonly allFailed?: boolean;
}

/** How long failed and ignored events keep their bodies. */
const keptDays = 35;

/** `hookline events`: lists and replays inbound events that failed or had no handler. */
export function defineEvents(events: Command): void {
  events
    .command('list')
    .description('list the failed events of a source on one day, and the ignored ones, which had no handler')
    .argument('<source>', 'name of the source')
    .option('--day <YYYY-MM-DD>', 'day in UTC (default: today)', dayArgument)
    .action((source: string, _options: unknown, command: Command) => list(source, command.optsWithGlobals()));
  events
    .command('replay')
    .description('run the handler again for failed or ignored events; a processed event is refused')
    .argument('<source>', 'name of the source')
    .argument('[eventId...]', 'ids as the provider or events list shows them')
    .option('--day <YYYY-MM-DD>', 'all failed and ignored events of that day (UTC)', dayArgument)
    .option('--all-failed', `all failed events of the last ${keptDays} days`)
    .action(async (source: string, ids: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<KeptOptions>();
      const choices = [ids.length > 0, options.day !== undefined, options.allFailed === true];
      if (choices.filter(Boolean).length !== 1)
        command.error(
          'error: choose the events by their ids, by --day YYYY-MM-DD or by --all-failed: exactly one of the three',
        );
      await replay(source, ids, options);
    });
}

async function list(source: string, options: KeptOptions): Promise<void> {
  const deployment = await openDeployment(options);
  sourceOf(deployment, source);
  const day = options.day ?? utcDay(unixMillis(Date.now()));
  const records = await keptOn(day, source, deployment);
  const none = `No event of ${source} failed or was ignored on ${day}.`;
  print(options, records.map(toJson), records.length === 0 ? none : describe(records));
}

const toJson = ({ id, status, eventType, attempts, receivedAt, lastError }: EventRecord) => ({
  id: providerId(id),
  status,
  eventType,
  attempts,
  receivedAt: new Date(receivedAt).toISOString(),
  lastError,
});

const describe = (records: readonly EventRecord[]): string =>
  [
    table(
      ['id', 'type', 'status', 'attempts', 'received', 'last error'],
      records.map(({ id, eventType, status, attempts, receivedAt, lastError }) => [
        cell(providerId(id)),
        cell(eventType, 40),
        status,
        String(attempts),
        instant(receivedAt),
        cell(lastError ?? ''),
      ]),
    ),
    counted(records.length, 'event'),
  ].join('\n');

async function replay(source: string, ids: readonly string[], options: KeptOptions): Promise<void> {
  const deployment = await openDeployment(options);
  sourceOf(deployment, source);
  const chosen = ids.length > 0 ? ids : await chosenIds(source, options, deployment);
  const ports = portsOf(deployment);
  const replayOne = async (id: string) => {
    const result = await replayEvent(eventKey(source, id), unixMillis(Date.now()), ports);
    return result.kind === 'refused' ? result.reason : undefined;
  };
  await replayAll(chosen, { one: 'event', many: 'events' }, replayOne, options);
}

async function chosenIds(
  source: string,
  options: KeptOptions,
  deployment: Deployment,
): Promise<readonly string[]> {
  if (options.day !== undefined)
    return (await keptOn(options.day, source, deployment)).map(({ id }) => providerId(id));
  const today = Date.now();
  const ids: string[] = [];
  for (let daysAgo = keptDays; daysAgo >= 0; daysAgo -= 1) {
    const day = utcDay(unixMillis(today - daysAgo * 86_400_000));
    const records = await keptOn(day, source, deployment, 'failed');
    ids.push(...records.map(({ id }) => providerId(id)));
  }
  return ids;
}

/** Reads all kept events of a source and day. @param status only those that ended so */
async function keptOn(
  day: string,
  source: string,
  deployment: Deployment,
  status?: KeptStatus,
): Promise<readonly EventRecord[]> {
  const ports = { inboundEvents: inboundEventsOf(deployment) };
  const records: EventRecord[] = [];
  let after: KeptPage['next'];
  do {
    const page = await keptEvents({ source, day, status }, { limit: 100, after }, ports);
    records.push(...page.records);
    after = page.next;
  } while (after !== undefined);
  return records;
}

const inboundEventsOf = (deployment: Deployment) =>
  dynamodbInboundEvents(dynamoClient(patientCalls), inboundOf(deployment).inboundEventsTable);

function portsOf(deployment: Deployment) {
  const bodies = payloadStore(s3Client(patientCalls), deployment.payloadBucket);
  const client = sqsClient(patientCalls);
  return {
    inboundEvents: inboundEventsOf(deployment),
    getBody: bodies.get,
    putBody: bodies.put,
    enqueueFor: (
      source: string,
      message: { readonly body: string; readonly attributes: Readonly<Record<string, string>> },
    ) => sqsQueue(adapterClient(client), sourceOf(deployment, source).queueUrl).send(message),
  };
}

/** A source's name contains no `#`, so the first `#` ends it. */
const providerId = (key: string): string => key.slice(key.indexOf('#') + 1);
