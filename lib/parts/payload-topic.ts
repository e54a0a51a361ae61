import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** SNS's own key. Every principal of the account that may use the topic may use it through SNS, without a grant on the key. */
const snsKey = 'alias/aws/sns';

/**
 * A topic for published events or operator notices: TLS-only, and encrypted at rest.
 *
 * Other accounts, and AWS services such as EventBridge, cannot use that key. A team that publishes from there gives the topic its
 * own key: `(stack.outbound.topic.node.defaultChild as CfnTopic).kmsMasterKeyId = key.keyArn`.
 */
export class PayloadTopic extends Topic {
  constructor(scope: Construct, id: string) {
    super(scope, id, { enforceSSL: true });
    const { defaultChild } = this.node;
    if (defaultChild instanceof CfnTopic) defaultChild.kmsMasterKeyId = snsKey;
  }
}
