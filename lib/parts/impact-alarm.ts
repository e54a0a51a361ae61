import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import about from '../../package.json' with { type: 'json' };
import { SettingsError } from '../settings-error.ts';

export interface ImpactAlarmProps {
  readonly metric: IMetric;
  /** What goes wrong and for whom, in one sentence. */
  readonly impact: string;
  /** The first step of the person on call, in one sentence. */
  readonly firstStep: string;
  readonly action: IAlarmAction;
  /** Rings above this. @default 0 */
  readonly above?: number;
  /** The number of last periods that it evaluates. @default 1 */
  readonly periods?: number;
  /** How many of those periods must be above. @default all */
  readonly ofWhich?: number;
  /** A period without data is `fine`, or leaves the alarm in its state (`no-news`). @default 'fine' */
  readonly missing?: 'fine' | 'no-news';
}

/** CloudWatch's limit for a description, in characters. */
const maxDescription = 1_024;

/**
 * An alarm whose description has its impact, the first step and a link to the runbook. It also notifies when it is over.
 *
 * Its id is the name of its section in docs/runbook.md; a number after it distinguishes alarms of one kind.
 */
export class ImpactAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: ImpactAlarmProps) {
    const { above = 0, periods = 1, ofWhich = periods, missing = 'fine' } = props;
    checkLookBack(id, periodOf(props.metric), periods);
    super(scope, id, {
      metric: props.metric,
      alarmDescription: descriptionOf(id, props),
      evaluationPeriods: periods,
      datapointsToAlarm: ofWhich,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: missing === 'fine' ? TreatMissingData.NOT_BREACHING : TreatMissingData.IGNORE,
    });
    this.addAlarmAction(props.action);
    this.addOkAction(props.action);
  }
}

/** @throws SettingsError when it is longer than CloudWatch allows */
function descriptionOf(id: string, { impact, firstStep }: ImpactAlarmProps): string {
  const anchor = id.replace(/-\d+$/, '').toLowerCase();
  const page = `${about.homepage}/blob/main/docs/runbook.md#${anchor}`;
  const text = `Impact: ${impact} First step: ${firstStep} Runbook: ${page}`;
  if (text.length <= maxDescription) return text;
  throw new SettingsError(
    `alarm ${id}: its description has ${text.length} characters; shorten it to ${maxDescription}`,
  );
}

const hour = 3_600;
const day = 24 * hour;

/** In seconds. */
const periodOf = (metric: IMetric): number =>
  metric instanceof MathExpression
    ? metric.period.toSeconds()
    : (metric.toMetricConfig().metricStat?.period.toSeconds() ?? 0);

/**
 * Checks that an alarm does not look further back than CloudWatch allows: a day for periods under an hour, 7 days for longer ones.
 *
 * @param period in seconds
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 * @throws SettingsError with the span and the limit
 */
export function checkLookBack(id: string, period: number, periods: number): void {
  const most = period < hour ? day : 7 * day;
  if (period * periods <= most) return;
  throw new SettingsError(
    `alarm ${id}: ${periods} periods of ${period} s are ${period * periods} s, and CloudWatch looks back ${most} s at most`,
  );
}
