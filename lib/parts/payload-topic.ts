import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** SNS's own key. Every principal of the account that may use the topic may use it through SNS, without a grant on the key. */
const snsKey = 'alias/aws/sns';

/**
 * A topic for published events or operator notices: TLS-only, and encrypted at rest.
 *
 * Other accounts, and AWS services such as EventBridge, cannot use that key. A team that publishes from there sets `encryptionKey`.
 */
export class PayloadTopic extends Topic {
  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id, { enforceSSL: true, masterKey: encryptionKey });
    const { defaultChild } = this.node;
    if (encryptionKey === undefined && defaultChild instanceof CfnTopic) defaultChild.kmsMasterKeyId = snsKey;
  }
}
