import { createHash } from 'node:crypto';
import { Fn, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { resourceTags } from '../lambdas/domain/resource-tags.ts';
import { acknowledge } from './parts/acknowledge.ts';
import { pascalCase } from './pascal-case.ts';
import type { Sources } from './source-props.ts';

/** The secrets of sources, by the names of the sources. */
export type SourceSecrets = ReadonlyMap<string, CfnSecret>;

/** The length of the part of a name that comes from the source: sixty such names fit into the receiver's environment. */
const maxNameInId = 16;
const hashInId = 6;

/**
 * Makes a secret without a value for each source. No request verifies until a person stores the provider's secret.
 *
 * CloudFormation makes their names, so a secret that stays behind does not block a later deploy. They are children of the
 * deployment itself, so that their logical ids, and thus their values, do not depend on `isolation`.
 */
export function sourceSecrets(
  deployment: Construct,
  sources: Sources,
  removalPolicy: RemovalPolicy,
  encryptionKey?: IKey,
): SourceSecrets {
  const secretOf = (name: string) => sourceSecret(deployment, name, removalPolicy, encryptionKey);
  return new Map(Object.keys(sources).map((name) => [name, secretOf(name)]));
}

function sourceSecret(
  deployment: Construct,
  source: string,
  removalPolicy: RemovalPolicy,
  encryptionKey?: IKey,
): CfnSecret {
  const secret = new CfnSecret(deployment, secretId(source), {
    description: `Signing secret of the webhook source ${source}, as its provider shows it`,
    kmsKeyId: encryptionKey?.keyArn,
    tags: [
      { key: resourceTags.stack, value: Stack.of(deployment).stackName },
      { key: resourceTags.source, value: source },
    ],
  });
  secret.applyRemovalPolicy(removalPolicy);
  acknowledge(secret, {
    id: 'AwsSolutions-SMG4',
    reason: 'The provider issues this secret: it is rotated there and then stored here, with an overlap.',
  });
  return secret;
}

/** `my-partner` → `SecretMyPartner`. It does not depend on other sources, because a new logical id means a new secret. */
function secretId(source: string): string {
  const name = pascalCase(source);
  if (name.length <= maxNameInId) return `Secret${name}`;
  const hash = createHash('sha256').update(source).digest('hex').slice(0, hashInId);
  return `Secret${name.slice(0, maxNameInId)}${hash}`;
}

const arnMark = ':secret:';

/** The environment variables with the ARNs of the receiver's secrets. */
export function secretEnvironment(stack: Stack, secrets: readonly CfnSecret[]) {
  return {
    SECRET_ARN_PREFIX: `arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}${arnMark}`,
    SECRET_IDS: secrets.map(({ ref }) => Fn.select(1, Fn.split(arnMark, ref))).join(','),
  };
}
