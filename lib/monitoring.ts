import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { combinedAlarms } from './combined-alarms.ts';
import { addDashboard } from './dashboard.ts';
import { gatewayAlarms, managementAlarms } from './gateway-alarms.ts';
import type { Inbound } from './inbound.ts';
import type { ManagementApi } from './management-api.ts';
import type { Outbound } from './outbound.ts';
import { outboundAlarms } from './outbound-alarms.ts';

export interface MonitoringProps {
  /** @default - nothing is received */
  readonly inbound?: Inbound;
  /** @default - nothing is sent */
  readonly outbound?: Outbound;
  readonly management: ManagementApi;
  readonly alarmAction: IAlarmAction;
}

/** The part of the props that alarms on received events need. */
export type InboundMonitoringProps = Required<Pick<MonitoringProps, 'inbound' | 'alarmAction'>>;
/** The part of the props that alarms on deliveries need. */
export type OutboundMonitoringProps = Required<Pick<MonitoringProps, 'outbound' | 'alarmAction'>>;

/** alarms that concern more than one queue, and the dashboard; docs/runbook.md has a section for each */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { inbound, outbound, alarmAction } = props;
    managementAlarms(this, props);
    if (inbound !== undefined) gatewayAlarms(this, { inbound, alarmAction });
    combinedAlarms(this, props);
    if (outbound !== undefined) outboundAlarms(this, { outbound, alarmAction });
    addDashboard(this, props);
  }
}
