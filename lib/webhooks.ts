import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { addOutbound, beginDeployment, finishDeployment } from './deployment.ts';
import type { WebhooksProps } from './deployment-props.ts';
import { addInbound, type Inbound, type InboundParts, inboundParts } from './inbound.ts';
import type { ManagementApi } from './management-api.ts';
import type { Outbound } from './outbound.ts';

/**
 * Webhooks in a stack of yours: sources, sending, the management API and alarms, and the stack's outputs with their URLs, ARNs and
 * names, which the `hookline` tool reads.
 *
 * @example
 * const hooks = new Webhooks(this, 'Hooks', { sources: { stripe: { provider: 'stripe' } } });
 * orders.grantWriteData(hooks.inbound('stripe').consumer);
 * hooks.grantPublish(app);
 */
export class Webhooks extends Construct {
  /** Publishing and delivery. `outbound.topic.grantPublish(app)` lets an app publish. */
  readonly outbound: Outbound;
  /** The API for endpoints, deliveries and events. `management.grantUse(app)` lets an app use it. */
  readonly management: ManagementApi;
  private readonly received: Inbound;

  constructor(scope: Construct, id: string, props: WebhooksProps) {
    super(scope, id);
    const base = beginDeployment(this, 'Webhooks', { inbound: props, outbound: props });
    this.received = addInbound(this, props, base);
    this.outbound = addOutbound(this, props, base, this.received);
    this.management = finishDeployment(this, base, { inbound: this.received, outbound: this.outbound });
  }

  /**
   * The parts of one source.
   *
   * @throws SettingsError when `sources` does not name it
   */
  inbound(source: string): InboundParts {
    return inboundParts(this.received, source);
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
