import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** The services that use the key of a deployment for a caller, who needs a permission for it. */
type KeyService = 'dynamodb' | 'lambda' | 's3' | 'secretsmanager' | 'sns' | 'sqs';

const toRead = ['kms:Decrypt'];
const toWrite = ['kms:Decrypt', 'kms:GenerateDataKey'];
/** As the CDK's own grants on encrypted tables, with each action written out. */
const toReadItems = ['kms:Decrypt', 'kms:DescribeKey'];
const toWriteItems = [
  ...toReadItems,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** What the caller of an action on an encrypted resource may do with the key. An action that is not here does not need it. */
const usesOf: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:BatchGetItem': toReadItems,
  'dynamodb:GetItem': toReadItems,
  'dynamodb:Query': toReadItems,
  'dynamodb:Scan': toReadItems,
  'dynamodb:DeleteItem': toWriteItems,
  'dynamodb:PartiQLInsert': toWriteItems,
  'dynamodb:PartiQLUpdate': toWriteItems,
  'dynamodb:PutItem': toWriteItems,
  'dynamodb:UpdateItem': toWriteItems,
  's3:GetObject': toRead,
  's3:PutObject': toWrite,
  'secretsmanager:GetSecretValue': toRead,
  'secretsmanager:PutSecretValue': toWrite,
  'sns:Publish': toWrite,
  'sqs:ReceiveMessage': toRead,
  'sqs:SendMessage': toWrite,
};

/** The uses of the key that these actions need, by service. */
export function keyUses(actions: readonly string[]): ReadonlyMap<KeyService, readonly string[]> {
  const needing = actions.filter((action) => Object.hasOwn(usesOf, action));
  const byService = Map.groupBy(needing, (action) => action.slice(0, action.indexOf(':')) as KeyService);
  return new Map(
    [...byService].map(([service, ofService]) => [
      service,
      [...new Set(ofService.flatMap((action) => usesOf[action] ?? []))].sort(),
    ]),
  );
}

/** Allows uses of the key through one service only, never a direct call of KMS. */
export const keyStatement = (
  scope: Construct,
  key: IKey,
  service: KeyService,
  actions: readonly string[],
): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` } },
  });

/** Allows a grantee what it needs of the key for these actions. Without a key, nothing. */
export function grantKeyUse(
  scope: Construct,
  key: IKey | undefined,
  grantee: IGrantable,
  actions: readonly string[],
): void {
  if (key === undefined) return;
  for (const [service, uses] of keyUses(actions))
    grantee.grantPrincipal.addToPrincipalPolicy(keyStatement(scope, key, service, uses));
}
