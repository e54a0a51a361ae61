import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describeStack, type Found } from '../stack/deployment.ts';
import type { Finding } from './finding.ts';

/** The stack that `npx cdk bootstrap` makes by default. */
const toolkitStack = 'CDKToolkit';
/** The least version that the app's assembly accepts. */
const leastBootstrapVersion = 6;

/** Reports that there is no stack, or that its first deploy has not ended well. */
export function notDeployed({ stack, where, status }: Extract<Found, { kind: 'absent' }>): Finding {
  if (status === undefined)
    return {
      check: 'stack',
      ok: true,
      detail: `${stack} is not deployed in ${where} yet, and these credentials can see that: the checks below are for its first deploy (for another stack: --stack NAME)`,
    };
  const check = {
    check: 'stack',
    ok: false,
    detail: `${stack} in ${where} is ${status} and has no outputs`,
  };
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS')
    return { ...check, advice: 'Wait until it has ended.' };
  const failed = { awsCommand: `cloudformation describe-stack-events --stack-name ${stack}` };
  if (status.startsWith('DELETE_'))
    return {
      ...check,
      ...failed,
      advice: 'It could not be deleted completely. The reason is in its events:',
    };
  return {
    ...check,
    ...failed,
    advice:
      'Its first deploy failed; npx cdk deploy removes the rest and tries again. The reason is in its events:',
  };
}

/** Checks that CDK can deploy into the account and region. */
export async function checkBootstrap(client: CloudFormationClient): Promise<Finding[]> {
  const toolkit = await describeStack(client, toolkitStack);
  const advice =
    'npx cdk bootstrap (this check does not find a stack that was made with --toolkit-stack-name NAME)';
  if (toolkit === undefined)
    return [
      {
        check: 'bootstrap',
        ok: false,
        detail: `there is no stack ${toolkitStack} in this account and region`,
        advice,
      },
    ];
  const [, , , , account = '?'] = toolkit.StackId?.split(':') ?? [];
  const output = toolkit.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue;
  const version = Number(output ?? 0);
  const ok = version >= leastBootstrapVersion;
  const detail = ok
    ? `account ${account} is bootstrapped, version ${version}`
    : `${toolkitStack} is ${toolkit.StackStatus}, bootstrap version ${output ?? 'unknown'}, but the deploy needs ${leastBootstrapVersion}`;
  return [{ check: 'bootstrap', ok, detail, advice: ok ? undefined : 'npx cdk bootstrap' }];
}
