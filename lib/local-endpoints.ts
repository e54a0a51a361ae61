import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SettingsError } from './settings-error.ts';

/** The account id of the local AWS. */
const localAccount = '000000000000';

/**
 * Whether endpoints may be http: only with the context that `npm start` sets, and only in the account of the local AWS.
 *
 * @throws SettingsError when the context is set for another account
 */
export function allowsLocalEndpoints(deployment: Construct): boolean {
  if (String(deployment.node.tryGetContext('hookline:localEndpoints')) !== 'true') return false;
  const { account: own } = Stack.of(deployment);
  // A stack without an account goes to that of the credentials, which the CDK's command line names.
  const account = Token.isUnresolved(own) ? process.env['CDK_DEFAULT_ACCOUNT'] : own;
  if (account === localAccount) return true;
  throw new SettingsError(
    `the context hookline:localEndpoints is only for the local AWS, account ${localAccount}, but this stack's account is ${account ?? 'not known'}; remove the context`,
  );
}
