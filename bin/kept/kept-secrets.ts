import {
  DescribeSecretCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** The tags that the stack gives the secret of each source. */
const tags = { stack: 'hookline:stack', source: 'hookline:source' } as const;

/** A secret that a removed source or an earlier deployment left. */
export interface KeptSecret {
  readonly arn: string;
  readonly name: string;
  /** Undefined when it does not say. */
  readonly source: string | undefined;
  /** Undefined when it has none. */
  readonly changedAt: UnixMillis | undefined;
}

/**
 * The secrets of a stack that it does not use any more.
 *
 * @param inUse ARNs of those that it uses
 */
export async function keptSecrets(
  client: SecretsManagerClient,
  stack: string,
  inUse: ReadonlySet<string>,
): Promise<KeptSecret[]> {
  // Both filters take what begins so, and the first does not say of which tag a value is.
  const byTag = [
    { Key: 'tag-key' as const, Values: [tags.stack] },
    { Key: 'tag-value' as const, Values: [stack] },
  ];
  const byName = [{ Key: 'name' as const, Values: [`${stack}/`] }];
  const found = new Map<string, KeptSecret>();
  for (const Filters of [byTag, byName]) {
    for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters })) {
      const own = SecretList.filter((secret) => isOf(stack, secret) && !inUse.has(secret.ARN ?? ''));
      for (const secret of own) found.set(secret.ARN ?? '', keptSecret(stack, secret));
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * One secret, whatever its tags say.
 *
 * @returns undefined when there is none in this account and region
 */
export async function findSecret(
  client: SecretsManagerClient,
  arn: string,
): Promise<FoundSecret | undefined> {
  try {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    const { Name = '', DeletedDate } = secret;
    const stack = tagOf(secret, tags.stack) ?? (Name.includes('/') ? Name.slice(0, Name.indexOf('/')) : '');
    return { ...keptSecret(stack, secret), stack, isBeingDeleted: DeletedDate !== undefined };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** A secret, and the stack of which its tag or its name says that it is; empty when neither does. */
export interface FoundSecret extends KeptSecret {
  readonly stack: string;
  readonly isBeingDeleted: boolean;
}

/** Whether a secret says that it is of this stack; earlier versions named them `stack/source`, and did not tag them. */
function isOf(stack: string, secret: SecretListEntry): boolean {
  const tagged = tagOf(secret, tags.stack);
  return tagged === undefined ? sourceInName(stack, secret) !== undefined : tagged === stack;
}

function keptSecret(stack: string, secret: SecretListEntry): KeptSecret {
  const changed = secret.LastChangedDate ?? secret.CreatedDate;
  return {
    arn: secret.ARN ?? '',
    name: secret.Name ?? '',
    source: tagOf(secret, tags.source) ?? sourceInName(stack, secret),
    changedAt: changed && unixMillis(changed.getTime()),
  };
}

const tagOf = ({ Tags = [] }: SecretListEntry, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

function sourceInName(stack: string, { Name = '' }: SecretListEntry): string | undefined {
  const source = Name.startsWith(`${stack}/`) ? Name.slice(stack.length + 1) : '';
  return /^[a-z][a-z0-9-]{0,39}$/.test(source) ? source : undefined;
}
