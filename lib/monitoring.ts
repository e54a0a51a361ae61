import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { combinedAlarms } from './combined-alarms.ts';
import { addDashboard } from './dashboard.ts';
import { gatewayAlarms } from './gateway-alarms.ts';
import type { InboundApi } from './inbound-api.ts';
import type { InboundSource } from './inbound-source.ts';
import type { ManagementApi } from './management-api.ts';
import type { Outbound } from './outbound.ts';
import { outboundAlarms } from './outbound-alarms.ts';
import type { Sources } from './source-props.ts';

export interface MonitoringProps {
  readonly api: InboundApi;
  readonly sources: Sources;
  readonly inbound: readonly InboundSource[];
  readonly outbound: Outbound;
  readonly management: ManagementApi;
  readonly alarmAction: IAlarmAction;
}

/** alarms that concern more than one queue, and the dashboard; docs/runbook.md has a section for each */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    gatewayAlarms(this, props);
    combinedAlarms(this, props);
    outboundAlarms(this, props);
    addDashboard(this, props);
  }
}
