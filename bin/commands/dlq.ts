import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { plainText } from '../../local/plain-text.ts';
import { answer } from '../answer.ts';
import { positiveNumber } from '../arguments.ts';
import { type FoundDead, searchDeadLetters } from '../dead-letter-search.ts';
import { type DeadMessage, type DlqMessage, readDeadMessage } from '../dead-letters.ts';
import { openDeployment } from '../deployment.ts';
import { dlqQueue, maxReceivesOf } from '../dlq-queue.ts';
import { type Dlq, dlqsNamed } from '../dlqs.ts';
import { nextCommand } from '../next-command.ts';
import { RefusedError } from '../refusal.ts';
import { cell, counted, instant, table } from '../table.ts';
import type { TargetOptions } from '../target.ts';
import { toCurrentEndpointOption } from '../to-current-endpoint.ts';
import { redriveQueue } from './dlq-redrive.ts';

interface ListOptions extends TargetOptions {
  readonly limit: number;
}

const queueArgument = 'publish, subscription, delivery, or the name of a source';

/** `hookline dlq`: what is dead, why, and back to work with it. */
export function addDlqCommand(program: Command): void {
  const dlq = program.command('dlq').description('list dead letters, and send them back');
  dlq
    .command('list')
    .description('what is dead, and why; never its payload')
    .argument('[queue]', `${queueArgument}; all without one`)
    .option('--limit <number>', 'of each queue', positiveNumber, 100)
    .action(async (name: string | undefined, _options: unknown, command: Command) =>
      list(name, command.optsWithGlobals()),
    );
  dlq
    .command('show')
    .description('one dead letter whole, its payload included')
    .argument('<queue>', queueArgument)
    .argument('<id>', 'as dlq list shows it')
    .action(async (name: string, id: string, _options: unknown, command: Command) =>
      show(name, id, command.optsWithGlobals()),
    );
  dlq
    .command('redrive')
    .description(
      'send dead letters back to where they came from; each keeps its id, so nothing is done twice',
    )
    .argument('<queue>', queueArgument)
    .option('--id <id>', 'only the one that dlq list shows under this id')
    .addOption(toCurrentEndpointOption())
    .action(async (name: string, _options: unknown, command: Command) =>
      redriveQueue(name, command.optsWithGlobals()),
    );
}

/** What was found in one queue. */
interface Listed extends FoundDead {
  readonly dlq: Dlq;
  /** About how many there are in all. */
  readonly count: number;
}

async function list(name: string | undefined, options: ListOptions): Promise<void> {
  const client = sqsClient(patientCalls);
  const dlqs = dlqsNamed(await openDeployment(options), name);
  const listed = await Promise.all(dlqs.map((dlq) => look(client, dlq, options.limit)));
  const json = listed.flatMap(({ dlq, dead }) => dead.map((letter) => toJson(dlq, letter)));
  answer(options, json, describe(listed, options));
  for (const one of listed) if (mayHaveMore(one)) console.error(moreIn(one, options.limit));
}

async function show(name: string, id: string, options: TargetOptions): Promise<void> {
  const [dlq] = dlqsNamed(await openDeployment(options), name);
  if (dlq === undefined) return;
  const { dead, isWhole } = await look(sqsClient(patientCalls), dlq, 1, id);
  const [letter] = dead;
  if (letter === undefined)
    throw new RefusedError(
      isWhole
        ? `There is no ${id} in ${name}: ${nextCommand(options, `dlq list ${name}`)} shows what is.`
        : `${id} was not found in ${name}, which is too long to be looked through.`,
    );
  const { reason, attempts, at, resend } = letter;
  const message = resend.kind === 'message' ? resend.body : resend.task;
  const content = message ?? nextCommand(options, `deliveries show ${id}`);
  answer(
    options,
    { ...toJson(dlq, letter), message },
    `${cell(id)}\nwhen      ${instant(at)}\nattempts  ${attempts ?? '–'}\nreason    ${cell(reason)}\n\n${plainText(content)}`,
  );
}

/** @param id only the dead letter of that id */
async function look(client: SQSClient, dlq: Dlq, limit: number, id?: string): Promise<Listed> {
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const count = await queue.count();
  const isMeant = (letter: DeadMessage): boolean =>
    (dlq.source === undefined || dlq.source === letter.source) && (id === undefined || id === letter.id);
  const read = (message: DlqMessage) => readDeadMessage(dlq.kind, message, maxReceives);
  return { dlq, count, ...(await searchDeadLetters(isMeant, limit, { ...queue, read })) };
}

const toJson = (dlq: Dlq, { id, reason, attempts, at, source }: DeadMessage) => ({
  ...{ queue: dlq.name, id, reason, attempts, at: new Date(at).toISOString(), source },
});

/** The count is of all sources that share the queue. */
const mayHaveMore = ({ dlq, dead, count, isWhole }: Listed): boolean =>
  !isWhole && (dlq.source !== undefined || count > dead.length);

function moreIn({ dlq, dead, count }: Listed, limit: number): string {
  if (dead.length < limit) return `${dlq.name} is too long to be looked through: there may be more in it.`;
  return dlq.source === undefined
    ? `${dlq.name}: ${dead.length} of about ${count} shown (--limit ${count} shows all).`
    : `${dlq.name}: ${dead.length} shown, and there may be more (--limit ${limit * 10} looks further).`;
}

function describe(listed: readonly Listed[], options: TargetOptions): string {
  const total = listed.reduce((sum, { dead }) => sum + dead.length, 0);
  const names = listed.map(({ dlq }) => dlq.name).join(', ');
  if (total === 0)
    return `Nothing ${listed.every(({ isWhole }) => isWhole) ? 'is dead' : 'was found'} in ${names}.`;
  const rows = listed.flatMap(({ dlq, dead }) =>
    [...dead]
      .sort((one, other) => one.at - other.at)
      .map(({ id, reason, attempts, at }) => [
        dlq.name,
        cell(id),
        instant(at),
        attempts?.toString() ?? '–',
        cell(reason),
      ]),
  );
  const lines = [
    table(['queue', 'id', 'when', 'attempts', 'reason'], rows),
    counted(total, 'dead letter'),
    `${nextCommand(options, 'dlq redrive QUEUE [--id ID]')} sends them back.`,
  ];
  return lines.join('\n');
}
