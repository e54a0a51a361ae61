import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { days, unixMillis } from '../../lambdas/domain/time.ts';
import { isRandomVersion } from '../../local/secrets.ts';
import { secretFormat, type Version } from '../secrets/check-value.ts';
import { secretVersions } from '../secrets/versions.ts';
import type { DeployedSource } from '../stack/deployment.ts';
import { chooseLeftSecret } from './choose-left-secret.ts';
import { decideAdoption } from './decide-adoption.ts';
import { findSecret, type KeptSecret, keptSecrets } from './kept-secrets.ts';

/** Which secret is adopted, and by which source. */
export interface SecretRequest {
  readonly stack: string;
  readonly source: DeployedSource;
  /** ARNs of the secrets that the stack uses. */
  readonly inUse: ReadonlySet<string>;
  /** The ARN of one secret; undefined for the one that this source left. */
  readonly from: string | undefined;
  readonly isConfirmed: boolean;
}

/** The result of adopting a secret, without the text of any secret. */
export type SecretAdopted =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'stored';
      readonly from: string;
      readonly withPrevious: boolean;
      readonly isOverwriting: boolean;
    }
  | { readonly kind: 'done'; readonly from: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Copies the value of a secret that was left into the source's own secret. */
export async function adoptSecret(
  client: SecretsManagerClient,
  request: SecretRequest,
): Promise<SecretAdopted> {
  const { source, isConfirmed } = request;
  const chosen = await choose(client, request);
  if (chosen.kind !== 'chosen') return chosen;
  const { arn, current } = chosen;
  const own = secretVersions(client, source.secretArn);
  const previous = await secretVersions(client, arn).previous();
  const there = await own.current();
  const decision = decideAdoption({
    format: secretFormat(source.provider),
    kept: { current, previous },
    own: isRandomVersion(there?.id) ? undefined : there,
    rotationOverlap: source.checks?.rotationOverlap ?? days(1),
    now: unixMillis(Date.now()),
    isConfirmed,
  });
  if (decision.kind === 'done') return { kind: 'done', from: arn };
  if (decision.kind === 'refuse')
    return refused(`${arn}: ${decision.reason}${decision.asks ? ': repeat with --yes to replace it' : ''}`);
  for (const value of decision.values) await own.put(value);
  const { withPrevious, isOverwriting } = decision;
  return { kind: 'stored', from: arn, withPrevious, isOverwriting };
}

type Chosen =
  | { readonly kind: 'chosen'; readonly arn: string; readonly current: Version | undefined }
  | { readonly kind: 'none' }
  | ReturnType<typeof refused>;

async function choose(client: SecretsManagerClient, request: SecretRequest): Promise<Chosen> {
  const { from } = request;
  if (from !== undefined) return named(client, from, request);
  const kept = await keptSecrets(client, request.stack, request.inUse);
  const choice = await chooseLeftSecret(client, request.source, kept);
  if (choice.kind === 'one') return { kind: 'chosen', ...choice.secret };
  if (choice.kind === 'several')
    return refused(
      `${request.source.name} left ${choice.secrets.length} secrets with different values: choose one with --from: ${choice.secrets.map(({ arn }) => arn).join(', ')}`,
    );
  if (choice.error !== undefined) throw choice.error;
  return choice.invalid === undefined ? { kind: 'none' } : { kind: 'chosen', ...choice.invalid };
}

async function named(client: SecretsManagerClient, from: string, request: SecretRequest): Promise<Chosen> {
  const secret = await findSecret(client, from);
  if (secret === undefined) return refused(`There is no secret ${from} in this account and region`);
  const { arn, isBeingDeleted } = secret;
  if (arn === request.source.secretArn)
    return refused(`${arn} is the secret that ${request.source.name} has now`);
  if (request.inUse.has(arn)) return refused(`${arn} is in use by ${request.stack}, which keeps it`);
  if (isBeingDeleted)
    return refused(
      `${arn} is being deleted: keep it first with aws secretsmanager restore-secret --secret-id ${arn}`,
    );
  const others = ownerBeside(secret, request);
  if (others !== undefined && !request.isConfirmed)
    return refused(`${arn} belongs to ${others}: repeat with --yes to take it for ${request.source.name}`);
  return { kind: 'chosen', arn, current: await secretVersions(client, arn).current() };
}

/** @returns the owner by the secret's tags or name; undefined when it is this stack and source */
function ownerBeside(
  secret: KeptSecret & { readonly stack: string },
  { stack, source }: SecretRequest,
): string | undefined {
  if (secret.stack !== '' && secret.stack !== stack) return `the stack ${secret.stack}`;
  if (secret.kind !== 'source') return 'the stack itself, not to a source';
  const isOfOther = secret.source !== undefined && secret.source !== source.name;
  return isOfOther ? `the source ${secret.source}` : undefined;
}

const refused = (reason: string) => ({ kind: 'refused' as const, reason });
