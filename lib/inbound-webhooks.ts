import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { beginDeployment, finishDeployment } from './deployment.ts';
import type { InboundWebhooksProps } from './deployment-props.ts';
import { addInbound, type Inbound, type InboundParts, inboundParts } from './inbound.ts';
import type { ManagementApi } from './management-api.ts';
import { DlqMeasuring } from './parts/dlq-measuring.ts';

/**
 * Webhooks that a stack of yours receives: sources, their events in the management API, and alarms. Nothing is sent.
 *
 * `Webhooks` with the same id has the same resources and more, so a stack may change from one to the other and keep its events.
 *
 * @example
 * const hooks = new InboundWebhooks(this, 'Hooks', { sources: { stripe: { provider: 'stripe' } } });
 * orders.grantWriteData(hooks.inbound('stripe').consumer);
 */
export class InboundWebhooks extends Construct {
  /** The API for received events. `management.grantUse(app)` lets an app use it. */
  readonly management: ManagementApi;
  private readonly received: Inbound;

  constructor(scope: Construct, id: string, props: InboundWebhooksProps) {
    super(scope, id);
    const base = beginDeployment(this, 'InboundWebhooks', { inbound: props });
    this.received = addInbound(this, props, base);
    new DlqMeasuring(
      this,
      'DlqMeasuring',
      this.received.each.map(({ work }) => work.dlq),
      base.shared,
    );
    this.management = finishDeployment(this, base, { inbound: this.received });
  }

  /**
   * The parts of one source.
   *
   * @throws SettingsError when `sources` does not name it
   */
  inbound(source: string): InboundParts {
    return inboundParts(this.received, source);
  }

  /** Allows an app to use the whole management API. */
  grantManage(app: IGrantable): void {
    this.management.grantUse(app);
  }
}
