import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { maxTableUnitsPerSecond } from '../settings.ts';

export interface RecordTableProps {
  readonly removalPolicy: RemovalPolicy;
  /** A sparse index: keys only, its sort key a number. @default none */
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
}

/** A table by `id`: on demand, encrypted, TLS-only, recoverable to any second, expiring by `expiresAt`. */
export class RecordTable extends TableV2 {
  constructor(scope: Construct, id: string, props: RecordTableProps) {
    const { index } = props;
    super(scope, id, {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      globalSecondaryIndexes: index && [
        {
          indexName: index.name,
          partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
          sortKey: { name: index.sortKey, type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
      billing: Billing.onDemand({
        maxReadRequestUnits: maxTableUnitsPerSecond,
        maxWriteRequestUnits: maxTableUnitsPerSecond,
      }),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: props.removalPolicy,
      resourcePolicy: tlsOnly(),
    });
  }

  /** The ARN of one index, for a grant on it alone. */
  indexArn(name: string): string {
    return `${this.tableArn}/index/${name}`;
  }
}

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
