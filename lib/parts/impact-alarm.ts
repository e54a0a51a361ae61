import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface ImpactAlarmProps {
  readonly metric: IMetric;
  /** What goes wrong for whom, in one sentence. */
  readonly impact: string;
  /** What whoever is woken does first, in one sentence. */
  readonly firstStep: string;
  readonly action: IAlarmAction;
  /** Alarms above this; or when it is 'silence', below 1 and without data. @default 0 */
  readonly above?: number | 'silence';
  /** Periods in a row. @default 1 */
  readonly periods?: number;
}

/** An alarm that says what it means and what to do. */
export class ImpactAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: ImpactAlarmProps) {
    const { above = 0 } = props;
    super(scope, id, {
      metric: props.metric,
      alarmDescription: `Impact: ${props.impact} First step: ${props.firstStep}`,
      evaluationPeriods: props.periods ?? 1,
      ...(above === 'silence'
        ? {
            threshold: 1,
            comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.BREACHING,
          }
        : {
            threshold: above,
            comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          }),
    });
    this.addAlarmAction(props.action);
  }
}
