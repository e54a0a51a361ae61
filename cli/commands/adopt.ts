import { type Command, InvalidArgumentError } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { payloadStore } from '../../lambdas/adapters/s3/payload-store.ts';
import { sqsQueue } from '../../lambdas/adapters/sqs/queue.ts';
import { adoptQueue, type QueueMoved, queuesToMove } from '../kept/adopt-queues.ts';
import { adoptSecret, type SecretAdopted } from '../kept/adopt-secret.ts';
import { adoptionJson, problemsOf, queueWords, secretWords } from '../kept/adoption-report.ts';
import type { KeptQueue } from '../kept/kept-queues.ts';
import { inUse } from '../kept/resources-in-use.ts';
import { adapterClient, secretsClient, sqsClient } from '../stack/aws-clients.ts';
import { type DeployedSource, deploymentOf, findDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { failureLine, RefusedError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { cell } from '../terminal/table.ts';

interface AdoptOptions extends TargetOptions {
  readonly from?: Origin;
  readonly yes?: boolean;
}

/** The secret or queue of `--from`. */
type Origin = { readonly kind: 'secret' | 'queue'; readonly id: string };

/** `hookline adopt`: gives a source the secret and the events that a removed source or an earlier deployment left. */
export function defineAdopt(command: Command): void {
  command
    .argument('<source>', 'the name of a source that is deployed now')
    .option('--from <ARN|URL>', 'only this secret or queue, as hookline kept shows them', originArgument)
    .option('--yes', 'also replace a secret that the source has, and take over from another source or stack')
    .action((name: string) => adopt(name, command.optsWithGlobals()));
}

/** @throws InvalidArgumentError, which commander prints */
function originArgument(text: string): Origin {
  const id = text.trim();
  if (/^arn:[\w-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/.test(id)) return { kind: 'secret', id };
  if (/^https?:\/\/[^/\s?#]+\/(?:[\w.-]+\/)*\d{12}\/[\w-]{1,80}$/.test(id)) return { kind: 'queue', id };
  throw new InvalidArgumentError(
    'It must be the whole ARN of a secret (arn:aws:secretsmanager:…) or the URL of a queue (https://sqs.…), as hookline kept shows them.',
  );
}

async function adopt(name: string, options: AdoptOptions): Promise<void> {
  const found = await findDeployment(options);
  const deployment = deploymentOf(found);
  const source = sourceOf(deployment, name);
  const used = await inUse(found, options);
  const request = { stack: found.stack, source, inUse: used, isConfirmed: options.yes === true };
  const { kind, id } = options.from ?? {};
  // First, because it may refuse, and then nothing is changed.
  const queues =
    kind === 'secret' ? [] : await queuesToMove(sqsClient(patientCalls), { ...request, from: id });
  const secret =
    kind === 'queue'
      ? ({ kind: 'none' } as const)
      : await adoptSecret(secretsClient(patientCalls), { ...request, from: id });
  const { payloadBucket } = deployment;
  const { moved, failures } = await moveAll(queues, source, payloadBucket);
  report(name, options, secret, moved, failures);
}

/** Moves one queue after the other; an error in one does not stop the others. */
async function moveAll(queues: readonly KeptQueue[], source: DeployedSource, payloadBucket: string) {
  const client = sqsClient(patientCalls);
  const { send } = sqsQueue(adapterClient(client), source.queueUrl);
  const getBody = payloadStore(s3Client(patientCalls), payloadBucket).get;
  const moved: QueueMoved[] = [];
  const failures: string[] = [];
  let before = 0;
  const line = progressLine('moved');
  const progress = (count: number): void => line(before + count);
  await untilInterrupted(async (isStopped) => {
    for (const queue of queues) {
      if (isStopped()) break;
      try {
        const one = await adoptQueue(client, queue, source.name, { getBody, send, progress, isStopped });
        moved.push(one);
        before += one.moved;
      } catch (error) {
        failures.push(`${queue.name}: ${failureLine(error)}; the rest is still in it`);
      }
    }
  });
  return { moved, failures };
}

/** @throws RefusedError when something was not adopted */
function report(
  name: string,
  options: AdoptOptions,
  secret: SecretAdopted,
  moved: readonly QueueMoved[],
  failures: readonly string[],
): void {
  for (const { queue, staying } of moved)
    for (const one of staying)
      console.error(`${cell(one.id)}: ${cell(one.reason)}; it stays in ${queue.name}`);
  const words = [...secretWords(name, secret), ...moved.flatMap((one) => queueWords(name, one, options))];
  const problems = [...problemsOf(secret, moved), ...failures];
  const isNothing = words.length === 0 && problems.length === 0;
  const nothing = `No secret or queue of ${name} is left to take over: ${nextCommand(options, 'kept')} lists the ones of other sources.`;
  print(options, adoptionJson(name, secret, moved), isNothing ? nothing : words.join('\n'));
  if (problems.length > 0) throw new RefusedError(problems.join('\n'));
}
