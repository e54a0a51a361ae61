import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { clientConfig } from '../../lambdas/adapters/sdk-config.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { plainText } from '../../local/plain-text.ts';
import { checkAlarms, checkClock, checkDeadLetters, checkOwnSecrets } from '../doctor/checks.ts';
import { askedByDefault, askedByStack, checkConcurrency } from '../doctor/concurrency.ts';
import { checkConsumers } from '../doctor/consumers.ts';
import { examineBeforeRemoval, type RemovalOptions } from '../doctor/examine-removal.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkBootstrap, notDeployed } from '../doctor/first-deploy.ts';
import { queueMappings } from '../doctor/queue-mappings.ts';
import { checkSourceSecrets } from '../doctor/source-secrets.ts';
import { checkSweep } from '../doctor/sweep.ts';
import { secretsClient, sqsClient } from '../stack/aws-clients.ts';
import { type Found, findDeployment } from '../stack/deployment.ts';
import { stackMeant, type TargetOptions } from '../stack/target.ts';
import { failureLine, RefusedError } from '../terminal/errors.ts';
import { awsCommand, nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { counted } from '../terminal/table.ts';

type Options = TargetOptions & RemovalOptions;

/** `hookline doctor`: checks a deployed stack, or the account before the first deploy, or queues before a removal. */
export function defineDoctor(command: Command): void {
  command
    .option('--before-removal [source]', 'check instead what a removal of this source would leave behind')
    .option('--all', 'with --before-removal: check all queues of the stack, before it is destroyed')
    .option('--wait', 'with --before-removal: wait until the queues are empty')
    .action(() => examine(command.optsWithGlobals()));
}

async function examine(options: Options): Promise<void> {
  const isRemoval = options.beforeRemoval !== undefined || options.all || options.wait;
  const findings = isRemoval ? await examineBeforeRemoval(options) : await examineNow(options);
  const all = findings.map((finding) => advised(finding, options));
  print(options, all, all.map(describeFinding).join('\n'));
  const wrong = all.filter(({ ok }) => !ok).length;
  if (wrong > 0) throw new RefusedError(`${counted(wrong, 'problem')} found.`);
}

async function examineNow(options: Options): Promise<readonly Finding[]> {
  const found = await findDeployment(options);
  return found.kind === 'deployed' ? ofDeployment(found, options) : ofAccount(found);
}

type Deployed = Extract<Found, { kind: 'deployed' }>;

async function ofDeployment({ deployment, stack }: Deployed, options: Options): Promise<readonly Finding[]> {
  const secrets = secretsClient(patientCalls);
  const config = clientConfig(patientCalls);
  const lambda = new LambdaClient(config);
  const watch = new CloudWatchClient(config);
  const isEmulated = options.local || process.env['AWS_ENDPOINT_URL'] !== undefined;
  const mappings = queueMappings(lambda, deployment);
  const now = unixMillis(Date.now());
  const consumers = async () => checkConsumers(deployment, await mappings, watch, now);
  const concurrency = async () => checkConcurrency(lambda, askedByStack(await mappings, deployment));
  const sweep = () =>
    checkSweep({ stack, construct: options.construct }, new CloudFormationClient(config), watch, now);
  const leftOut = { count: deployment.alarmsLeftOut };
  const findings = await Promise.all([
    attempt('secrets', checkSourceSecrets(deployment, stack, secrets)),
    attempt('outbound secrets', checkOwnSecrets(deployment, secrets)),
    attempt('dead letters', checkDeadLetters(deployment, sqsClient(patientCalls))),
    attempt('alarms', checkAlarms(stackMeant(options), watch, isEmulated ? leftOut : undefined)),
    attempt('consumers', consumers()),
    // A local AWS has no metrics of its functions.
    ...(isEmulated || deployment.outbound === undefined ? [] : [attempt('sweep', sweep())]),
    attempt('concurrency', concurrency()),
    attempt('clock', checkClock(deployment)),
  ]);
  return findings.flat();
}

/** Checks the account before the first deploy. */
async function ofAccount(found: Extract<Found, { kind: 'absent' }>): Promise<readonly Finding[]> {
  const config = clientConfig(patientCalls);
  const concurrency = async () => checkConcurrency(new LambdaClient(config), await askedByDefault());
  const findings = await Promise.all([
    attempt('bootstrap', checkBootstrap(new CloudFormationClient(config))),
    attempt('concurrency', concurrency()),
  ]);
  return [notDeployed(found), ...findings.flat()];
}

/** Runs a check. An error, such as a missing permission, becomes a finding, so that it does not hide other checks. */
async function attempt(check: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings;
  } catch (error) {
    return [{ check, ok: false, detail: `could not be checked: ${failureLine(error)}` }];
  }
}

/** Completes a finding with its whole command line. */
interface Advised {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly advice: string | undefined;
}

function advised(finding: Finding, options: Options): Advised {
  const { check, ok, detail, advice, command, awsCommand: aws } = finding;
  const commands = [
    ...(command === undefined ? [] : [nextCommand(options, command)]),
    ...(aws === undefined ? [] : [awsCommand(options, aws)]),
  ];
  const lines = [...(advice === undefined ? [] : [advice]), ...commands];
  return { check, ok, detail, advice: lines.length === 0 ? undefined : lines.join('\n') };
}

const describeFinding = ({ check, ok, detail, advice }: Advised): string =>
  plainText(
    `${ok ? '✔' : '✘'} ${check}: ${detail}${advice ? `\n    ${advice.replaceAll('\n', '\n    ')}` : ''}`,
  );
