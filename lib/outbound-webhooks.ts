import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { addOutbound, beginDeployment, finishDeployment } from './deployment.ts';
import type { OutboundWebhooksProps } from './deployment-props.ts';
import type { ManagementApi } from './management-api.ts';
import type { Outbound } from './outbound.ts';

/**
 * Webhooks that a stack of yours sends: topic, queues, deliveries, the management API and alarms. Nothing is received.
 *
 * `Webhooks` with the same id has the same resources and more, so a stack may change from one to the other and keep its deliveries.
 *
 * @example
 * const hooks = new OutboundWebhooks(this, 'Hooks', { outbound: { retrySchedule: 'standard-webhooks' } });
 * hooks.grantPublish(app);
 */
export class OutboundWebhooks extends Construct {
  /** Publishing and delivery. `outbound.topic.grantPublish(app)` lets an app publish. */
  readonly outbound: Outbound;
  /** The API for endpoints and deliveries. `management.grantUse(app)` lets an app use it. */
  readonly management: ManagementApi;

  constructor(scope: Construct, id: string, props: OutboundWebhooksProps = {}) {
    super(scope, id);
    const base = beginDeployment(this, 'OutboundWebhooks', { outbound: props });
    this.outbound = addOutbound(this, props, base);
    this.management = finishDeployment(this, base, { outbound: this.outbound });
  }

  /** Allows an app to publish events, to the topic and to its queue. */
  grantPublish(app: IGrantable): void {
    this.outbound.grantPublish(app);
  }

  /** Allows an app to use the whole management API. */
  grantManage(app: IGrantable): void {
    this.management.grantUse(app);
  }
}
