import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface RecordTableProps {
  readonly removal: RemovalPolicy;
  /** A sparse index, keys only. @default none */
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
}

/** A bug that writes in a loop costs at most this a second, not a fortune: AWS's own default for a table is 40,000. */
const maxRequestUnits = 10_000;

/** A table keyed by `id`: on demand, recoverable to any second, TLS-only, expiring by `expiresAt`. */
export function recordTable(scope: Construct, id: string, props: RecordTableProps): TableV2 {
  const { index } = props;
  return new TableV2(scope, id, {
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
      maxReadRequestUnits: maxRequestUnits,
      maxWriteRequestUnits: maxRequestUnits,
    }),
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: props.removal !== 'destroy',
    removalPolicy: props.removal,
    resourcePolicy: tlsOnly(),
  });
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

/** The ARN of the one index, for grants on it alone. */
export const indexArn = (table: TableV2, name: string): string => `${table.tableArn}/index/${name}`;
