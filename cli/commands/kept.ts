import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import type { OwnSecretKind } from '../../lambdas/domain/resource-tags.ts';
import { isOfSending, type KeptQueue, keptQueues, sourceOfQueue } from '../kept/kept-queues.ts';
import { type KeptSecret, keptSecrets } from '../kept/kept-secrets.ts';
import { countsText, totalOf } from '../kept/queue-counts.ts';
import { inUse } from '../kept/resources-in-use.ts';
import { addressOf, ownSecret } from '../stack/address.ts';
import { secretsClient, sqsClient } from '../stack/aws-clients.ts';
import { type Found, findDeployment } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { awsCommand, nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { cell, counted, instant, table } from '../terminal/table.ts';

/** `hookline kept`: lists the secrets and queues that removed sources and destroyed deployments left. */
export function defineKept(command: Command): void {
  command.action(() => list(command.optsWithGlobals()));
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
  print(options, { stack: found.stack, kept: described.map(toJson) }, inWords(found, described));
}

/** A secret or queue that is left. */
interface Described {
  readonly kind: 'secret' | 'queue';
  readonly source: string | undefined;
  /** Its purpose; undefined when its tags do not say it. */
  readonly purpose: string | undefined;
  readonly name: string;
  readonly holds: string;
  /** The command that adopts it; undefined when the stack cannot use it. */
  readonly adopt: string | undefined;
  readonly delete: string;
  readonly json: object;
}

function describeSecret(secret: KeptSecret, sources: readonly string[], options: TargetOptions): Described {
  const { arn, name, source, kind, changedAt } = secret;
  const changed = changedAt === undefined ? [] : [`changed ${instant(changedAt)}`];
  return {
    kind: 'secret',
    source,
    purpose: kind === 'source' ? 'verifies the requests of its provider' : ownPurposes[kind],
    name,
    holds: ['a secret', ...changed].join(', '),
    adopt: takeOver(secret, sources, options),
    delete: awsCommand(options, `secretsmanager delete-secret --secret-id ${arn}`),
    json: { arn, changedAt: changedAt && new Date(changedAt).toISOString() },
  };
}

const ownPurposes: Readonly<Record<OwnSecretKind, string>> = {
  signing: 'signs deliveries to URLs that are not registered',
  master: 'opens the secrets in the Endpoints table of that deployment: keep it as long as that table',
};

/** A master secret is only for the table of its own deployment. */
function takeOver(
  { arn, source, kind }: KeptSecret,
  sources: readonly string[],
  options: TargetOptions,
): string | undefined {
  if (kind === 'source')
    return source !== undefined && sources.includes(source)
      ? nextCommand(options, `adopt ${source} --from ${arn}`)
      : undefined;
  if (kind === 'master' || sources.length === 0) return undefined;
  const name = addressOf('stack', ownSecret, sources);
  const read = `secretsmanager get-secret-value --secret-id ${arn} --query SecretString --output text`;
  return `${awsCommand(options, read)} | ${nextCommand(options, `secrets set ${name}`)}`;
}

function describeQueue(queue: KeptQueue, sources: readonly string[], options: TargetOptions): Described {
  const { url, name, counts, kind, isCertain } = queue;
  const source = sourceOfQueue(queue, sources);
  const hasEvents = totalOf(counts) > 0 && !isOfSending(queue) && sources.length > 0;
  const taker = source !== undefined && sources.includes(source) ? source : 'SOURCE';
  const confirming = isCertain ? '' : ' --yes';
  return {
    kind: 'queue',
    source,
    purpose: isCertain ? kind : 'uncertain: its name is cut, so it may belong to another stack',
    name,
    holds: countsText(counts),
    adopt: hasEvents ? nextCommand(options, `adopt ${taker} --from ${url}${confirming}`) : undefined,
    delete: awsCommand(options, `sqs delete-queue --queue-url ${url}`),
    json: { url, ...counts, isCertain },
  };
}

const toJson = ({ holds: _, json, ...described }: Described) => ({ ...described, ...json });

function inWords({ stack, kind }: Found, kept: readonly Described[]): string {
  const isDeployed = kind === 'deployed';
  const absent = isDeployed ? [] : [`The stack ${stack} is not deployed.`];
  if (kept.length === 0) return [...absent, `No secret or queue of ${stack} is left unused.`].join(' ');
  const rows = kept.map((one) => [
    one.kind,
    cell(one.source ?? '–'),
    cell(one.purpose ?? '–'),
    cell(one.holds),
    cell(one.name),
  ]);
  const commands = kept.map((one) =>
    [
      cell(one.name),
      ...(one.adopt === undefined ? [] : [`  take it over  ${one.adopt}`]),
      `  delete it     ${one.delete}`,
    ].join('\n'),
  );
  const lines = [
    ...absent,
    table(['what', 'source', 'for', 'holds', 'name'], rows),
    `${counted(kept.length, 'secret or queue', 'secrets or queues')} of ${stack} that it does not use.`,
    ...(isDeployed ? [] : ['To take them over, deploy the stack again first.']),
    ...commands,
  ];
  return lines.join('\n');
}
