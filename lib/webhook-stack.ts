import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { WebhooksProps } from './deployment-props.ts';
import type { ManagementApi } from './management-api.ts';
import type { Outbound } from './outbound.ts';
import { Webhooks } from './webhooks.ts';

export interface WebhookStackProps extends StackProps, WebhooksProps {
  /** Whether CloudFormation refuses to delete the stack. Set it in production. @default false */
  readonly terminationProtection?: boolean;
}

/** The settings of a stack of the CDK. Others are those of `Webhooks`, which refuses unknown ones. */
const stackSettings: Readonly<Record<keyof StackProps, true>> = {
  analyticsReporting: true,
  crossRegionReferences: true,
  description: true,
  env: true,
  notificationArns: true,
  permissionsBoundary: true,
  propertyInjectors: true,
  stackName: true,
  suppressTemplateIndentation: true,
  synthesizer: true,
  tags: true,
  terminationProtection: true,
};

/** A stack with `Webhooks` and nothing else. */
export class WebhookStack extends Stack {
  readonly webhooks: Webhooks;

  constructor(scope: Construct, id: string, props: WebhookStackProps) {
    super(scope, id, { description: 'Hookline: webhooks in and out', ...props });
    const own = Object.entries(props).filter(([name]) => !Object.hasOwn(stackSettings, name));
    // CloudFormation's logical ids leave out `Default`.
    this.webhooks = new Webhooks(this, 'Default', { sources: props.sources, ...Object.fromEntries(own) });
  }

  /** Publishing and delivery. `outbound.topic.grantPublish(app)` lets an app publish. */
  get outbound(): Outbound {
    return this.webhooks.outbound;
  }

  /** The API for endpoints, deliveries and events. `management.grantUse(app)` lets an app use it. */
  get management(): ManagementApi {
    return this.webhooks.management;
  }

  /** The function that runs the handlers of a source. @throws SettingsError when the stack does not have the source */
  consumer(source: string): IFunction {
    return this.webhooks.inbound(source).consumer;
  }
}
