import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { plainText } from '../../local/plain-text.ts';
import { toCurrentEndpointOption } from '../deliveries/to-current-endpoint.ts';
import { type DeadMessage, type DlqMessage, readDeadMessage } from '../dlq/dead-letter.ts';
import { dropFrom } from '../dlq/drop-from-queue.ts';
import { type DeadLetterFilter, isNarrow, meantBy, typedFilters, withFilters } from '../dlq/filter.ts';
import { dlqQueue, maxReceivesOf } from '../dlq/queue.ts';
import { type Dlq, dlqsNamed } from '../dlq/queues-of-stack.ts';
import { redriveQueue } from '../dlq/redrive-queue.ts';
import { type FoundDead, searchDeadLetters } from '../dlq/search.ts';
import { sqsClient } from '../stack/aws-clients.ts';
import { openDeployment } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { positiveNumber } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { cell, counted, instant, table } from '../terminal/table.ts';

interface ListOptions extends TargetOptions, DeadLetterFilter {
  readonly limit: number;
}

const queueArgument =
  'publish, subscription, delivery, undelivered, or the name of a source (source:NAME if it has one of these names)';

/** `hookline dlq`: lists, shows, redrives and drops dead letters. */
export function defineDlq(dlq: Command): void {
  withFilters(dlq.command('list'))
    .description('list dead letters with their reasons, without payloads')
    .argument('[queue]', `${queueArgument} (default: all)`)
    .option('--limit <number>', 'maximum number of dead letters of each queue', positiveNumber, 100)
    .action(async (name: string | undefined, _options: unknown, command: Command) =>
      list(name, command.optsWithGlobals()),
    );
  dlq
    .command('show')
    .description('show one dead letter with its payload')
    .argument('<queue>', queueArgument)
    .argument('<id>', 'id of the dead letter, from dlq list')
    .action(async (name: string, id: string, _options: unknown, command: Command) =>
      show(name, id, command.optsWithGlobals()),
    );
  withFilters(dlq.command('redrive'))
    .description(
      'send dead letters back to the queues that they came from; each keeps its id, so nothing is done twice',
    )
    .argument('<queue>', queueArgument)
    .addOption(toCurrentEndpointOption())
    .action(async (name: string, _options: unknown, command: Command) =>
      redriveQueue(name, command.optsWithGlobals()),
    );
  withFilters(dlq.command('drop'))
    .description('delete dead letters for good; the records of deliveries stay')
    .argument('<queue>', queueArgument)
    .option('--yes', 'do not ask for a confirmation')
    .action(async (name: string, _options: unknown, command: Command) =>
      dropFrom(name, command.optsWithGlobals()),
    );
}

/** The dead letters found in one queue. */
interface Listed extends FoundDead {
  readonly dlq: Dlq;
  /** The approximate number of all messages in the queue. */
  readonly count: number;
}

async function list(name: string | undefined, options: ListOptions): Promise<void> {
  const client = sqsClient(patientCalls);
  const dlqs = dlqsNamed(await openDeployment(options), name);
  const listed = await Promise.all(dlqs.map((dlq) => look(client, dlq, options.limit, options)));
  const json = listed.flatMap(({ dlq, dead }) => dead.map((letter) => toJson(dlq, letter)));
  print(options, json, describe(listed, options));
  const isPart = isNarrow(options);
  for (const one of listed) if (mayHaveMore(one, isPart)) console.error(moreIn(one, options.limit, isPart));
}

async function show(name: string, id: string, options: TargetOptions): Promise<void> {
  const [dlq] = dlqsNamed(await openDeployment(options), name);
  if (dlq === undefined) return;
  const { dead, isWhole } = await look(sqsClient(patientCalls), dlq, 1, { id });
  const [letter] = dead;
  if (letter === undefined)
    throw new RefusedError(
      isWhole
        ? `${name} has no dead letter ${id}: ${nextCommand(options, `dlq list ${name}`)} lists its dead letters.`
        : `${id} was not found in ${name}, which is too long to be searched to its end.`,
    );
  const { reason, attempts, at, resend } = letter;
  const message = resend.kind === 'message' ? resend.body : resend.task;
  const content = message ?? nextCommand(options, `deliveries show ${id}`);
  print(
    options,
    { ...toJson(dlq, letter), message },
    `${cell(id)}\nwhen      ${instant(at)}\nattempts  ${attempts ?? '–'}\nreason    ${cell(reason)}\n\n${plainText(content)}`,
  );
}

async function look(client: SQSClient, dlq: Dlq, limit: number, filter: DeadLetterFilter): Promise<Listed> {
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const count = await queue.count();
  const read = (message: DlqMessage) => readDeadMessage(dlq.kind, message, maxReceives);
  return { dlq, count, ...(await searchDeadLetters(meantBy(filter, dlq), limit, { ...queue, read })) };
}

const toJson = (dlq: Dlq, { id, reason, cause, attempts, at, source, ...to }: DeadMessage) => ({
  queue: dlq.name,
  id,
  reason,
  cause,
  attempts,
  at: new Date(at).toISOString(),
  source,
  tenant: to.tenant,
  endpointId: to.endpointId,
  eventType: to.eventType,
  host: to.host,
});

/** The count covers the whole queue; the filters do not narrow it. */
const mayHaveMore = ({ dlq, dead, count, isWhole }: Listed, isPart: boolean): boolean =>
  !isWhole && (isPart || dlq.source !== undefined || count > dead.length);

function moreIn({ dlq, dead, count }: Listed, limit: number, isPart: boolean): string {
  if (dead.length < limit)
    return `${dlq.name} is too long to be searched to its end: there may be more in it.`;
  return dlq.source === undefined && !isPart
    ? `${dlq.name}: ${dead.length} of about ${count} shown (--limit ${count} shows all).`
    : `${dlq.name}: ${dead.length} shown, and there may be more (--limit ${limit * 10} looks further).`;
}

function describe(listed: readonly Listed[], options: ListOptions): string {
  const total = listed.reduce((sum, { dead }) => sum + dead.length, 0);
  const names = listed.map(({ dlq }) => dlq.name).join(', ');
  if (total === 0)
    return `Nothing ${isNarrow(options) ? 'that matches ' : ''}${listed.every(({ isWhole }) => isWhole) ? 'is dead' : 'was found'} in ${names}.`;
  const rows = listed.flatMap(({ dlq, dead }) =>
    [...dead].sort((one, other) => one.at - other.at).map((letter) => rowOf(dlq, letter)),
  );
  const lines = [table(columns, rows), counted(total, 'dead letter'), ...redriving(listed, options)];
  return lines.join('\n');
}

/** The redrive commands: with filters, one for each queue with matches; without filters, one pattern. */
function redriving(listed: readonly Listed[], options: ListOptions): string[] {
  if (!isNarrow(options)) return [`${nextCommand(options, 'dlq redrive QUEUE [--id ID]')} sends them back.`];
  return listed
    .filter(({ dead }) => dead.length > 0)
    .map(
      ({ dlq }) =>
        `${nextCommand(options, `dlq redrive ${dlq.name}${typedFilters(options)}`)} sends them back.`,
    );
}

const columns = ['queue', 'id', 'when', 'attempts', 'tenant', 'endpoint', 'type', 'host', 'reason'];

function rowOf(dlq: Dlq, { id, at, attempts, tenant, endpointId, eventType, host, reason }: DeadMessage) {
  const owner = tenant === '' ? '(none)' : tenant;
  const known = [owner, endpointId, eventType, host].map((text) => (text ? cell(text, 60) : '–'));
  return [dlq.name, cell(id), instant(at), attempts?.toString() ?? '–', ...known, cell(reason)];
}
