import { type RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type OwnSecretKind, resourceTags } from '../lambdas/domain/resource-tags.ts';
import {
  attentionIndex,
  byEndpointIndex,
  dueIndex,
  stoppedIndex,
  waitingIndex,
} from '../lambdas/domain/tables.ts';
import { acknowledge } from './parts/acknowledge.ts';
import { RecordTable } from './parts/record-table.ts';
import type { UnitsByTable } from './table-units.ts';

export interface OutboundStoresProps {
  readonly removalPolicy: RemovalPolicy;
  /** @default - keys of the services */
  readonly encryptionKey?: IKey;
  readonly maxTableUnits: UnitsByTable;
}

/** tables of events, deliveries and endpoints; the stack's signing secret, and the one that endpoints' secrets are sealed under */
export class OutboundStores extends Construct {
  readonly events: RecordTable;
  readonly deliveries: RecordTable;
  readonly endpoints: RecordTable;
  readonly signingSecret: Secret;
  readonly masterSecret: Secret;

  constructor(scope: Construct, id: string, props: OutboundStoresProps) {
    super(scope, id);
    const { removalPolicy, encryptionKey, maxTableUnits: maxUnits } = props;
    const kept = { removalPolicy, encryptionKey };
    this.events = new RecordTable(this, 'Events', { ...kept, maxUnitsPerSecond: maxUnits.events });
    this.deliveries = new RecordTable(this, 'Deliveries', {
      ...kept,
      maxUnitsPerSecond: maxUnits.deliveries,
      indexes: [dueIndex, stoppedIndex, byEndpointIndex, waitingIndex],
    });
    this.endpoints = new RecordTable(this, 'Endpoints', {
      ...kept,
      maxUnitsPerSecond: maxUnits.endpoints,
      partitionKey: 'tenant',
      indexes: [attentionIndex],
    });
    this.signingSecret = this.generated('SigningSecret', {
      kind: 'signing',
      description: 'Signs what is sent to endpoints without a secret of their own',
      reason: 'Receivers have the same key, so it is rotated together with them, never by a timer.',
      ...kept,
    });
    this.masterSecret = this.generated('MasterSecret', {
      kind: 'master',
      description: 'The secrets of endpoints are sealed under a key derived from this',
      reason:
        'Secrets are resealed when they are used, so people rotate it, and only after all are resealed.',
      ...kept,
    });
  }

  /** 44 letters and digits are valid base64 of 33 random bytes. */
  private generated(
    id: string,
    props: {
      readonly kind: OwnSecretKind;
      readonly description: string;
      readonly reason: string;
      readonly removalPolicy: RemovalPolicy;
      readonly encryptionKey: IKey | undefined;
    },
  ): Secret {
    const { kind, description, reason, removalPolicy, encryptionKey } = props;
    const secret = new Secret(this, id, {
      description,
      generateSecretString: { passwordLength: 44, excludePunctuation: true },
      removalPolicy,
    });
    const { defaultChild } = secret.node;
    if (defaultChild instanceof CfnSecret) defaultChild.kmsKeyId = encryptionKey?.keyArn;
    Tags.of(secret).add(resourceTags.stack, Stack.of(this).stackName);
    Tags.of(secret).add(resourceTags.secret, kind);
    acknowledge(secret, { id: 'AwsSolutions-SMG4', reason });
    return secret;
  }
}
