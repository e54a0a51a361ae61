import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { chooseLeftSecret } from '../kept/choose-left-secret.ts';
import { findSecret, type KeptSecret, keptSecrets } from '../kept/kept-secrets.ts';
import { inOutputs } from '../kept/resources-in-use.ts';
import { getsSecretByHandshake, secretFormat } from '../secrets/check-value.ts';
import { secretFault } from '../secrets/mistakes.ts';
import { secretVersions } from '../secrets/versions.ts';
import type { DeployedSource, Deployment } from '../stack/deployment.ts';
import { failureLine } from '../terminal/errors.ts';
import { counted } from '../terminal/table.ts';
import type { Finding } from './finding.ts';
import { whatIsLost } from './redelivery.ts';

/** A source that cannot verify requests, and what is wrong with its secret. */
interface Faulty {
  readonly source: DeployedSource;
  readonly fault: string;
  /** Whether `adopt` stores a secret without `--yes`: not over a value that verifies. */
  readonly canAdopt: boolean;
}

/** Checks that every source has a valid secret, and offers the secret that an earlier source of that name left. */
export async function checkSourceSecrets(
  deployment: Deployment,
  stack: string,
  client: SecretsManagerClient,
): Promise<Finding[]> {
  const sources = Object.values(deployment.sources);
  if (sources.length === 0) return [];
  const looked = await Promise.all(sources.map((source) => lookAt(source, client)));
  const faulty = looked.flatMap((one) => (one.kind === 'faulty' ? [one] : []));
  const findings = looked.flatMap((one) => (one.kind === 'finding' ? [one.finding] : []));
  if (faulty.length === 0 && findings.length === 0)
    return [{ check: 'secrets', ok: true, detail: `all ${sources.length} are set` }];
  const kept = faulty.length === 0 ? [] : await leftSecrets(deployment, stack, client);
  return [...findings, ...(await Promise.all(faulty.map((one) => withRemedy(one, kept, client))))];
}

type Looked =
  | { readonly kind: 'ok' }
  | ({ readonly kind: 'faulty' } & Faulty)
  | { readonly kind: 'finding'; readonly finding: Finding };

/** Checks one source; an error becomes a finding, so that it does not hide the other sources. */
async function lookAt(source: DeployedSource, client: SecretsManagerClient): Promise<Looked> {
  const { name, provider, secretArn } = source;
  const check = `secret of ${name}`;
  try {
    const current = await secretVersions(client, secretArn).current();
    const fault = secretFault(current?.value, secretFormat(provider));
    if (fault === undefined) return { kind: 'ok' };
    const secret = current === undefined ? await findSecret(client, secretArn) : undefined;
    if (current !== undefined || (secret !== undefined && !secret.isBeingDeleted))
      return { kind: 'faulty', source, fault, canAdopt: !verifies(current?.value, provider) };
    const state = secret === undefined ? 'does not exist in this account and region' : 'is being deleted';
    const detail = `${secretArn} ${state}: every request gets a 503${whatIsLost(provider)}`;
    return { kind: 'finding', finding: { check, ok: false, detail, ...remedyOf(secretArn, secret) } };
  } catch (error) {
    const detail = `could not be checked: ${failureLine(error)}`;
    return { kind: 'finding', finding: { check, ok: false, detail } };
  }
}

const verifies = (value: string | undefined, provider: string): boolean =>
  value !== undefined && parseSecretValue(value, secretFormat(provider)) !== undefined;

const remedyOf = (arn: string, secret: KeptSecret | undefined) =>
  secret === undefined
    ? {
        advice:
          'Is this the right stack, account and region? If so, it was deleted by hand: rename the source, or remove it, deploy, and add it again.',
      }
    : { awsCommand: `secretsmanager restore-secret --secret-id ${arn}` };

/** @returns none when the permission to list secrets is missing */
async function leftSecrets(
  deployment: Deployment,
  stack: string,
  client: SecretsManagerClient,
): Promise<readonly KeptSecret[]> {
  try {
    return await keptSecrets(client, stack, new Set(inOutputs(deployment)));
  } catch {
    return [];
  }
}

async function withRemedy(
  { source, fault, canAdopt }: Faulty,
  kept: readonly KeptSecret[],
  client: SecretsManagerClient,
): Promise<Finding> {
  const { name, provider } = source;
  const finding = { check: `secret of ${name}`, ok: false, detail: `${fault}${whatIsLost(provider)}` };
  const choice = canAdopt ? await chooseLeftSecret(client, source, kept) : { kind: 'none' as const };
  if (choice.kind === 'none')
    return { ...finding, command: `secrets ${getsSecretByHandshake(provider) ? 'await' : 'set'} ${name}` };
  if (choice.kind === 'one')
    return {
      ...finding,
      advice:
        'An earlier source of this name left its secret. This takes over the secret, and the events that it left:',
      command: `adopt ${name}`,
    };
  const { secrets } = choice;
  return {
    ...finding,
    advice: `Earlier sources of this name left ${counted(secrets.length, 'secret')} with different values; npx hookline kept lists them. This takes over the one that was changed last:`,
    command: `adopt ${name} --from ${secrets[0].arn}`,
  };
}
