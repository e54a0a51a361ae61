import {
  DescribeSecretCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type OwnSecretKind, ownSecretKinds, resourceTags } from '../../lambdas/domain/resource-tags.ts';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** CloudFormation's own tags. Earlier versions did not tag the secrets of sending. */
const madeBy = {
  stack: 'aws:cloudformation:stack-name',
  logicalId: 'aws:cloudformation:logical-id',
} as const;

/** A secret that a removed source or an earlier deployment left. */
export interface KeptSecret {
  readonly arn: string;
  readonly name: string;
  /** Undefined when neither tag nor name says it. */
  readonly source: string | undefined;
  /** Its purpose; `source`: a source's provider signs with it. */
  readonly kind: 'source' | OwnSecretKind;
  /** Undefined when it has none. */
  readonly changedAt: UnixMillis | undefined;
}

/**
 * Lists the secrets of a stack that it does not use any more.
 *
 * @param inUse ARNs of the secrets that it uses
 */
export async function keptSecrets(
  client: SecretsManagerClient,
  stack: string,
  inUse: ReadonlySet<string>,
): Promise<KeptSecret[]> {
  // Both filters match prefixes, and a value may be that of another tag: `isOf` decides.
  const byTag = (key: string) => [
    { Key: 'tag-key' as const, Values: [key] },
    { Key: 'tag-value' as const, Values: [stack] },
  ];
  const byName = [{ Key: 'name' as const, Values: [`${stack}/`] }];
  const found = new Map<string, KeptSecret>();
  for (const Filters of [byTag(resourceTags.stack), byTag(madeBy.stack), byName]) {
    for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters })) {
      const own = SecretList.filter((secret) => isOf(stack, secret) && !inUse.has(secret.ARN ?? ''));
      for (const secret of own) found.set(secret.ARN ?? '', keptSecret(stack, secret));
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Finds one secret, with or without tags.
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
    const stack = stackIn(secret) ?? (Name.includes('/') ? Name.slice(0, Name.indexOf('/')) : '');
    return { ...keptSecret(stack, secret), stack, isBeingDeleted: DeletedDate !== undefined };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** A secret with its stack by tag or name; empty when neither says it. */
export interface FoundSecret extends KeptSecret {
  readonly stack: string;
  readonly isBeingDeleted: boolean;
}

/** Whether a secret belongs to this stack. Earlier versions named secrets `stack/source`, and did not tag them. */
function isOf(stack: string, secret: SecretListEntry): boolean {
  const tagged = stackIn(secret);
  return tagged === undefined ? sourceInName(stack, secret) !== undefined : tagged === stack;
}

/** CloudFormation's tag counts only for the secrets of sending, since a team may add its own secrets to the stack. */
function stackIn(secret: SecretListEntry): string | undefined {
  const isOfSending = kindIn(secret) !== 'source';
  return tagOf(secret, resourceTags.stack) ?? (isOfSending ? tagOf(secret, madeBy.stack) : undefined);
}

function kindIn(secret: SecretListEntry): KeptSecret['kind'] {
  const kind = tagOf(secret, resourceTags.secret);
  const logicalId = tagOf(secret, madeBy.logicalId) ?? '';
  return ownSecretKinds.find((own) => own === kind || logicalId.startsWith(logicalIds[own])) ?? 'source';
}

const logicalIds: Readonly<Record<OwnSecretKind, string>> = {
  signing: 'OutboundStoresSigningSecret',
  master: 'OutboundStoresMasterSecret',
};

function keptSecret(stack: string, secret: SecretListEntry): KeptSecret {
  const changed = secret.LastChangedDate ?? secret.CreatedDate;
  return {
    arn: secret.ARN ?? '',
    name: secret.Name ?? '',
    source: tagOf(secret, resourceTags.source) ?? sourceInName(stack, secret),
    kind: kindIn(secret),
    changedAt: changed && unixMillis(changed.getTime()),
  };
}

const tagOf = ({ Tags = [] }: SecretListEntry, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

function sourceInName(stack: string, { Name = '' }: SecretListEntry): string | undefined {
  const source = Name.startsWith(`${stack}/`) ? Name.slice(stack.length + 1) : '';
  return /^[a-z][a-z0-9-]{0,39}$/.test(source) ? source : undefined;
}
