import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { clientConfig, patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { secretsClient } from '../../lambdas/adapters/aws/secrets-client.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { plainText } from '../../local/plain-text.ts';
import { answer } from '../answer.ts';
import { openDeployment } from '../deployment.ts';
import {
  checkAlarms,
  checkClock,
  checkConcurrency,
  checkDeadLetters,
  checkSecrets,
  type Finding,
} from '../doctor/checks.ts';
import { nextCommand } from '../next-command.ts';
import { failureLine, RefusedError } from '../refusal.ts';
import { counted } from '../table.ts';
import { stackMeant, type TargetOptions } from '../target.ts';

/** `hookline doctor`: whether a deployed stack is well. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check a deployed stack: secrets, dead letters, alarms, concurrency, clock')
    .action((_options: unknown, command: Command) => examine(command.optsWithGlobals()));
}

async function examine(options: TargetOptions): Promise<void> {
  const deployment = await openDeployment(options);
  const config = clientConfig(patientCalls);
  const findings = await Promise.all([
    attempt('secrets', checkSecrets(deployment, secretsClient(patientCalls))),
    attempt('dead letters', checkDeadLetters(deployment, sqsClient(patientCalls))),
    attempt('alarms', checkAlarms(stackMeant(options), new CloudWatchClient(config))),
    attempt('concurrency', checkConcurrency(new LambdaClient(config))),
    attempt('clock', checkClock(deployment)),
  ]);
  const all = findings.flat().map((finding) => advised(finding, options));
  answer(options, all, all.map(told).join('\n'));
  const wrong = all.filter(({ ok }) => !ok).length;
  if (wrong > 0) throw new RefusedError(`${counted(wrong, 'thing')} to look at.`);
}

/** A check that may not be made, for want of a permission, hides none of the others. */
async function attempt(check: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings;
  } catch (error) {
    return [{ check, ok: false, detail: `could not be checked: ${failureLine(error)}` }];
  }
}

/** With the command as it is typed. */
const advised = ({ command, ...finding }: Finding, options: TargetOptions): Finding =>
  command === undefined ? finding : { ...finding, advice: nextCommand(options, command) };

const told = ({ check, ok, detail, advice }: Finding): string =>
  plainText(`${ok ? '✔' : '✘'} ${check}: ${detail}${advice ? `\n    ${advice}` : ''}`);
