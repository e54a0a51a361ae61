import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface RecordTableProps {
  readonly removalPolicy: RemovalPolicy;
  /** The most read units, and as many write units, a second. DynamoDB throttles the rest. */
  readonly maxUnitsPerSecond: number;
  /** @default - a key that DynamoDB owns */
  readonly encryptionKey?: IKey;
  /** The partition key, if `id` is the sort key. @default none */
  readonly partitionKey?: string;
  /** Indexes, all keys-only. @default none */
  readonly indexes?: readonly TableIndex[];
}

/** An index. */
interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** @default 'number' */
  readonly sortType?: 'string' | 'number';
}

/** A table by `id`, or by `id` within a partition: on demand, encrypted, TLS-only, recoverable to any second, expiring by `expiresAt`. */
export class RecordTable extends TableV2 {
  constructor(scope: Construct, id: string, props: RecordTableProps) {
    const { partitionKey, indexes = [] } = props;
    super(scope, id, {
      partitionKey: text(partitionKey ?? 'id'),
      ...(partitionKey !== undefined && { sortKey: text('id') }),
      globalSecondaryIndexes: indexes.map((index) => ({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: {
          name: index.sortKey,
          type: index.sortType === 'string' ? AttributeType.STRING : AttributeType.NUMBER,
        },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      billing: Billing.onDemand({
        maxReadRequestUnits: props.maxUnitsPerSecond,
        maxWriteRequestUnits: props.maxUnitsPerSecond,
      }),
      encryption: props.encryptionKey
        ? TableEncryptionV2.awsManagedKey()
        : TableEncryptionV2.dynamoOwnedKey(),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: keptWith(props.removalPolicy),
      resourcePolicy: tlsOnly(),
    });
    const { defaultChild } = this.node;
    // The construct refuses a key of the team in a stack without a fixed region.
    if (props.encryptionKey !== undefined && CfnResource.isCfnResource(defaultChild))
      defaultChild.addPropertyOverride(
        'Replicas.0.SSESpecification.KMSMasterKeyId',
        props.encryptionKey.keyArn,
      );
  }

  /** The ARN of one index, for a grant on it alone. */
  indexArn(name: string): string {
    return `${this.tableArn}/index/${name}`;
  }
}

/**
 * CloudFormation cannot delete a protected table, not even to roll back the deploy that made it: the stack would be stuck in
 * ROLLBACK_FAILED. So the table stays then. CloudFormation made its name, so it does not block a later deploy.
 */
const keptWith = (policy: RemovalPolicy): RemovalPolicy =>
  policy === RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE ? RemovalPolicy.RETAIN : policy;

const text = (name: string) => ({ name, type: AttributeType.STRING });

const tlsOnly = (): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'TlsOnly',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['dynamodb:*'],
        resources: ['*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
  });
