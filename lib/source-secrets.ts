import { createHash } from 'node:crypto';
import { Fn, type RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { resourceTags } from '../lambdas/domain/resource-tags.ts';
import type { Sources } from './source-props.ts';
import { pascalCase } from './source-settings.ts';

/** The secrets of sources, by the names of the sources. */
export type SourceSecrets = ReadonlyMap<string, CfnSecret>;

/** Part of the name that CloudFormation makes, of which sixty fit the receiver's environment. */
const maxNameInId = 16;
const hashInId = 6;

/**
 * A secret without a value for each source. Nothing verifies until a person stores what the provider's dashboard shows.
 *
 * Their names are made by CloudFormation: a secret that stays behind does not block a later deploy. They stand in the stack itself, so
 * that their logical ids, and with them their values, do not depend on `isolation`.
 */
export function sourceSecrets(stack: Stack, sources: Sources, removalPolicy: RemovalPolicy): SourceSecrets {
  return new Map(Object.keys(sources).map((name) => [name, sourceSecret(stack, name, removalPolicy)]));
}

function sourceSecret(stack: Stack, source: string, removalPolicy: RemovalPolicy): CfnSecret {
  const secret = new CfnSecret(stack, secretId(source), {
    description: `Signing secret of the webhook source ${source}, as its provider shows it`,
    tags: [
      { key: resourceTags.stack, value: stack.stackName },
      { key: resourceTags.source, value: source },
    ],
  });
  secret.applyRemovalPolicy(removalPolicy);
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'The provider issues this secret: it is rotated there and then stored here, with an overlap.',
  });
  return secret;
}

/** `my-partner` → `SecretMyPartner`. Other sources do not change it: a logical id that changes is another secret. */
function secretId(source: string): string {
  const name = pascalCase(source);
  if (name.length <= maxNameInId) return `Secret${name}`;
  const hash = createHash('sha256').update(source).digest('hex').slice(0, hashInId);
  return `Secret${name.slice(0, maxNameInId)}${hash}`;
}

const arnMark = ':secret:';

/** The environment from which the receiver has the ARNs of its secrets. */
export function secretEnvironment(stack: Stack, secrets: readonly CfnSecret[]) {
  return {
    SECRET_ARN_PREFIX: `arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}${arnMark}`,
    SECRET_IDS: secrets.map(({ ref }) => Fn.select(1, Fn.split(arnMark, ref))).join(','),
  };
}
