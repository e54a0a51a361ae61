import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface ImpactAlarmProps {
  readonly metric: IMetric;
  /** What users notice, in one sentence. */
  readonly impact: string;
  /** What whoever is woken does first, in one sentence. */
  readonly firstStep: string;
  /** Alarms above this. @default 0 */
  readonly above?: number;
  /** Alarms below this instead; missing data alarms, too. @default alarms above */
  readonly below?: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  readonly action: IAlarmAction;
}

/** An alarm that says what it means and what to do. */
export class ImpactAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: ImpactAlarmProps) {
    const settings: AlarmProps = {
      metric: props.metric,
      alarmDescription: `Impact: ${props.impact} First step: ${props.firstStep}`,
      threshold: props.below ?? props.above ?? 0,
      comparisonOperator:
        props.below === undefined
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData:
        props.below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    };
    super(scope, id, settings);
    this.addAlarmAction(props.action);
  }
}
