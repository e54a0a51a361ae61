import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** SNS's own key: every principal of the account that may use the topic may use it through SNS, with no grant on the key. */
const snsKey = 'alias/aws/sns';

/**
 * A topic that carries what is sent or what is said about endpoints: TLS-only, and encrypted at rest.
 *
 * Publishers of other accounts, and services of AWS such as EventBridge, cannot use that key; a team that has such ones
 * gives the topic a key of its own: `(stack.outbound.topic.node.defaultChild as CfnTopic).kmsMasterKeyId = key.keyArn`.
 */
export class PayloadTopic extends Topic {
  constructor(scope: Construct, id: string) {
    super(scope, id, { enforceSSL: true });
    const { defaultChild } = this.node;
    if (defaultChild instanceof CfnTopic) defaultChild.kmsMasterKeyId = snsKey;
  }
}
