import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { awaitingValue } from '../../lambdas/domain/provider/awaited-secret.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { later, seconds, toIsoInstant, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { asStored, decideChange, getsSecretByHandshake, secretFormat } from '../secrets/check-value.ts';
import { readSecretInput } from '../secrets/prompt.ts';
import { secretVersions } from '../secrets/versions.ts';
import { isAddressed, ownSecret } from '../stack/address.ts';
import { secretsClient } from '../stack/aws-clients.ts';
import { type Deployment, openDeployment, outboundOf, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { positiveNumber } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { instant } from '../terminal/table.ts';

interface SetOptions extends TargetOptions {
  readonly yes?: boolean;
  readonly revokePrevious?: boolean;
}

/** `hookline secrets`: stores the secrets of sources, and the stack's own signing secret. */
export function defineSecrets(secrets: Command): void {
  secrets
    .command('set')
    .description(
      'store the secret that a provider shows, read from standard input; to rotate, store it here before you switch at the provider',
    )
    .argument('<source>', `name of the source, or ${ownSecret} for the secret that signs what you send`)
    .option('--yes', 'store it even while the previous key is still valid; that key ends then')
    .option('--revoke-previous', 'store nothing, and end the overlap: only the current key stays valid')
    .action((name: string, _options: unknown, command: Command) =>
      setSecret(name, command.optsWithGlobals()),
    );
  secrets
    .command('await')
    .description('accept the secret that the provider sends when you create its webhook (Asana, Notion)')
    .argument('<source>', 'name of the source')
    .option('--minutes <n>', 'how long to wait for it, in minutes', positiveNumber, 60)
    .option('--yes', 'also if the source has a secret; until the new one arrives, every request is refused')
    .action((name: string, _options: unknown, command: Command) =>
      awaitSecret(name, command.optsWithGlobals()),
    );
}

interface AwaitOptions extends TargetOptions {
  readonly yes?: boolean;
  readonly minutes: number;
}

async function awaitSecret(name: string, options: AwaitOptions): Promise<void> {
  const { secretArn, provider } = sourceOf(await openDeployment(options), name);
  if (!getsSecretByHandshake(provider))
    throw new RefusedError(
      `${provider} does not send its secret, but shows it: store it with hookline secrets set ${name}.`,
    );
  const versions = secretVersions(secretsClient(patientCalls), secretArn);
  const current = await versions.current();
  if (current && parseSecretValue(current.value, secretFormat(provider)) && !options.yes)
    throw new RefusedError(
      `${name} has a secret already, and would refuse every request until ${provider} sends another: repeat with --yes. Nothing was changed.`,
    );
  const until = later(unixMillis(Date.now()), seconds(options.minutes * 60));
  await versions.put(awaitingValue(until));
  print(
    options,
    { source: name, until: toIsoInstant(until) },
    `${name} accepts the first secret that ${provider} sends until ${instant(until)}. Create the webhook at the provider now.`,
  );
}

async function setSecret(name: string, options: SetOptions): Promise<void> {
  const secret = secretOf(await openDeployment(options), name);
  const versions = secretVersions(secretsClient(patientCalls), secret.arn);
  await (options.revokePrevious ? revoke(name, versions, options) : store(name, secret, versions, options));
}

/** @throws RefusedError when the secret does not exist, or when the name could mean a source or the stack's own secret */
function secretOf(deployment: Deployment, words: string) {
  const { sources } = deployment;
  const source = Object.values(sources).find(({ name }) => isAddressed(words, 'source', name));
  const isOwn = isAddressed(words, 'stack', ownSecret);
  if (isOwn && source !== undefined)
    throw new RefusedError(
      `'${words}' is the secret that signs what you send, and a source: write stack:${words} or source:${words}. Nothing was stored.`,
    );
  if (isOwn)
    return {
      arn: outboundOf(deployment).signingSecretArn,
      format: 'standard-webhooks',
      signs: true,
    } as const;
  const { secretArn, provider } = source ?? sourceOf(deployment, words);
  return { arn: secretArn, format: secretFormat(provider), signs: false } as const;
}

type Versions = ReturnType<typeof secretVersions>;

async function store(
  name: string,
  { format, signs }: ReturnType<typeof secretOf>,
  versions: Versions,
  options: SetOptions,
): Promise<void> {
  const value = asStored(await readSecretInput(`Secret of ${name}`), format);
  const [current, previous] = await Promise.all([versions.current(), versions.previous()]);
  const now = unixMillis(Date.now());
  const decision = decideChange({ format, signs, value, current, previous, now });
  if (decision.kind === 'refuse')
    throw new RefusedError(`${decision.reason}. Nothing was stored for ${name}.`);
  if (decision.previousKeyEnds !== undefined && !options.yes)
    throw new RefusedError(
      `The previous key of ${name} is valid until ${instant(decision.previousKeyEnds)}, and storing another would end it now: wait, or repeat with --yes. Nothing was stored.`,
    );
  await versions.put(value);
  const { oldKeyEnds } = decision;
  print(
    options,
    { source: name, oldKeyEnds: oldKeyEnds && toIsoInstant(oldKeyEnds) },
    stored(name, signs, oldKeyEnds),
  );
}

function stored(name: string, signs: boolean, oldKeyEnds: UnixMillis | undefined): string {
  const end = oldKeyEnds === undefined ? undefined : instant(oldKeyEnds);
  if (signs)
    return `Stored. Deliveries are signed with it within 5 minutes${end ? `, and also with the old one until ${end}: give the new one to your receivers by then` : ''}.`;
  if (end === undefined)
    return `Stored. ${name} verifies with it from now on; set the same secret at the provider.`;
  return `Stored. Now switch at the provider: ${name} verifies with both keys until ${end} (unless its rotationOverlap says otherwise).`;
}

async function revoke(name: string, versions: Versions, options: SetOptions): Promise<void> {
  const previous = await versions.previous();
  if (previous?.id === undefined) {
    const none = `${name} has no previous key: only the current one is valid.`;
    return print(options, { source: name, isRevoked: false }, none);
  }
  await versions.revoke(previous.id);
  print(
    options,
    { source: name, isRevoked: true },
    `Revoked. Only the current key of ${name} is valid; running functions may cache the old one for 5 more minutes.`,
  );
}
