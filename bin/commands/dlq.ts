import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { plainText } from '../../local/plain-text.ts';
import { answer } from '../answer.ts';
import { positiveNumber } from '../arguments.ts';
import { type DeadMessage, readDeadMessage } from '../dead-letters.ts';
import { openDeployment } from '../deployment.ts';
import { dlqQueue, maxReceivesOf } from '../dlq-queue.ts';
import { type Dlq, dlqsNamed } from '../dlqs.ts';
import { RefusedError } from '../refusal.ts';
import { cell, counted, instant, table } from '../table.ts';
import type { TargetOptions } from '../target.ts';
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
    .action(async (name: string, _options: unknown, command: Command) =>
      redriveQueue(name, command.optsWithGlobals()),
    );
}

interface Listed {
  readonly dlq: Dlq;
  readonly dead: readonly DeadMessage[];
  /** About how many there are in all. */
  readonly count: number;
}

async function list(name: string | undefined, options: ListOptions): Promise<void> {
  const client = sqsClient(patientCalls);
  const dlqs = dlqsNamed(await openDeployment(options), name);
  const listed = await Promise.all(dlqs.map((dlq) => look(client, dlq, options.limit)));
  answer(options, listed.flatMap(toJson), describe(listed, options.limit));
}

/** More than a person reads, and few enough to look through. */
const showLimit = 1000;

async function show(name: string, id: string, options: TargetOptions): Promise<void> {
  const [dlq] = dlqsNamed(await openDeployment(options), name);
  const found = dlq && (await look(sqsClient(patientCalls), dlq, showLimit));
  const letter = found?.dead.find((dead) => dead.id === id);
  if (letter === undefined)
    throw new RefusedError(`There is no ${id} in ${name}: npx hookline dlq list ${name} shows what is.`);
  const { reason, attempts, at, resend } = letter;
  const content = resend.kind === 'message' ? resend.body : (resend.task ?? `delivery ${resend.deliveryId}`);
  console.log(
    `${cell(id)}\nwhen      ${instant(at)}\nattempts  ${attempts ?? '–'}\nreason    ${cell(reason)}\n\n${plainText(content)}`,
  );
}

/** Receives what there is, and gives it back at once. */
async function look(client: SQSClient, dlq: Dlq, limit: number): Promise<Listed> {
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const count = await queue.count();
  const messages = [];
  try {
    for (let batch = await queue.receive(); batch.length > 0; batch = await queue.receive()) {
      messages.push(...batch);
      if (messages.length >= limit) break;
    }
  } finally {
    await queue.giveBack(messages);
  }
  const dead = messages
    .map((message) => readDeadMessage(dlq.kind, message, maxReceives))
    .filter(({ source }) => dlq.source === undefined || dlq.source === source)
    .slice(0, limit);
  return { dlq, dead, count: Math.max(count, dead.length) };
}

const toJson = ({ dlq, dead }: Listed) =>
  dead.map(({ id, reason, attempts, at, source }) => ({
    queue: dlq.name,
    id,
    reason,
    attempts,
    at: new Date(at).toISOString(),
    source,
  }));

function describe(listed: readonly Listed[], limit: number): string {
  const total = listed.reduce((sum, { dead }) => sum + dead.length, 0);
  if (total === 0) return `Nothing is dead in ${listed.map(({ dlq }) => dlq.name).join(', ')}.`;
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
  const more = listed
    .filter(({ dlq, dead, count }) => dlq.source === undefined && count > dead.length && dead.length >= limit)
    .map(
      ({ dlq, dead, count }) =>
        `${dlq.name}: ${dead.length} of about ${count} shown (--limit ${count} shows all).`,
    );
  const lines = [
    table(['queue', 'id', 'when', 'attempts', 'reason'], rows),
    counted(total, 'dead letter'),
    ...more,
    'npx hookline dlq redrive QUEUE [--id ID] sends them back.',
  ];
  return lines.join('\n');
}
