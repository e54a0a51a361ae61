import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { secretsClient } from '../../lambdas/adapters/aws/secrets-client.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { answer } from '../answer.ts';
import { type Found, findDeployment } from '../deployment.ts';
import { inUse } from '../kept/in-use.ts';
import { isOfSending, type KeptQueue, keptQueues, sourceOfQueue } from '../kept/kept-queues.ts';
import { type KeptSecret, keptSecrets } from '../kept/kept-secrets.ts';
import { countsText, totalOf } from '../kept/queue-counts.ts';
import { awsCommand, nextCommand } from '../next-command.ts';
import { cell, counted, instant, table } from '../table.ts';
import type { TargetOptions } from '../target.ts';

/** `hookline kept`: lists the secrets and queues that removed sources and destroyed deployments left. */
export function addKeptCommand(program: Command): void {
  program
    .command('kept')
    .description('secrets and queues that removed sources, or earlier deployments of the stack, left behind')
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals()));
}

async function list(options: TargetOptions): Promise<void> {
  const found = await findDeployment(options);
  const used = await inUse(found, options);
  const [secrets, queues] = await Promise.all([
    keptSecrets(secretsClient(patientCalls), found.stack, used),
    keptQueues(sqsClient(patientCalls), found.stack, used),
  ]);
  const sources = found.kind === 'deployed' ? Object.keys(found.deployment.sources) : [];
  const described = [
    ...secrets.map((secret) => describeSecret(secret, sources, options)),
    ...queues.map((queue) => describeQueue(queue, sources, options)),
  ];
  answer(options, { stack: found.stack, kept: described.map(toJson) }, inWords(found, described));
}

/** One thing that is left. */
interface Described {
  readonly kind: 'secret' | 'queue';
  readonly source: string | undefined;
  readonly name: string;
  readonly holds: string;
  /** Undefined where the stack has nothing that could take it over. */
  readonly adopt: string | undefined;
  readonly delete: string;
  readonly json: object;
}

function describeSecret(secret: KeptSecret, sources: readonly string[], options: TargetOptions): Described {
  const { arn, name, source, changedAt } = secret;
  const isTaken = source !== undefined && sources.includes(source);
  return {
    kind: 'secret',
    source,
    name,
    holds: changedAt === undefined ? 'a secret' : `changed ${instant(changedAt)}`,
    adopt: isTaken ? nextCommand(options, `adopt ${source} --from ${arn}`) : undefined,
    delete: awsCommand(options, `secretsmanager delete-secret --secret-id ${arn}`),
    json: { arn, changedAt: changedAt && new Date(changedAt).toISOString() },
  };
}

function describeQueue(queue: KeptQueue, sources: readonly string[], options: TargetOptions): Described {
  const { url, name, counts } = queue;
  const source = sourceOfQueue(queue, sources);
  const hasEvents = totalOf(counts) > 0 && !isOfSending(queue) && sources.length > 0;
  return {
    kind: 'queue',
    source,
    name,
    holds: countsText(counts),
    adopt: hasEvents ? nextCommand(options, `adopt ${source ?? 'SOURCE'} --from ${url}`) : undefined,
    delete: awsCommand(options, `sqs delete-queue --queue-url ${url}`),
    json: { url, ...counts },
  };
}

const toJson = ({ holds: _, json, ...described }: Described) => ({ ...described, ...json });

function inWords({ stack, kind }: Found, kept: readonly Described[]): string {
  const isDeployed = kind === 'deployed';
  const absent = isDeployed ? [] : [`The stack ${stack} is not deployed.`];
  if (kept.length === 0) return [...absent, `Nothing is left of ${stack} but what it uses.`].join(' ');
  const rows = kept.map((one) => [one.kind, cell(one.source ?? '–'), cell(one.holds), cell(one.name)]);
  const commands = kept.map((one) =>
    [
      cell(one.name),
      ...(one.adopt === undefined ? [] : [`  take it over  ${one.adopt}`]),
      `  delete it     ${one.delete}`,
    ].join('\n'),
  );
  const lines = [
    ...absent,
    table(['what', 'source', 'holds', 'name'], rows),
    `${counted(kept.length, 'thing')} of ${stack} that it does not use.`,
    ...(isDeployed ? [] : ['To take them over, deploy the stack again first.']),
    ...commands,
  ];
  return lines.join('\n');
}
