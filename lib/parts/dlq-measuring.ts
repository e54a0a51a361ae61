import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MeasureEnv } from '../../lambdas/env.ts';
import { functions } from '../settings.ts';
import { ImpactAlarm } from './impact-alarm.ts';
import { type FunctionDefaults, NodeLambda } from './node-lambda.ts';
import { RateSchedule } from './rate-schedule.ts';

interface DlqMeasuringProps {
  readonly alarmAction: IAlarmAction;
  readonly functions: FunctionDefaults;
}

/** schedule → λ measure, twice an hour → the attributes of dead-letter queues, so that SQS keeps measuring them for their alarms */
export class DlqMeasuring extends Construct {
  readonly lambda: NodeLambda;

  constructor(scope: Construct, id: string, dlqs: readonly Queue[], props: DlqMeasuringProps) {
    super(scope, id);
    const environment = {
      QUEUE_URL: dlqs[0]?.queueUrl ?? '',
      DEAD_LETTER_QUEUES: dlqs.map(({ queueName }) => queueName).join(','),
    } satisfies MeasureEnv;
    this.lambda = new NodeLambda(this, 'Function', {
      entry: 'measure',
      description: 'Reads the dead-letter queues, so that SQS keeps measuring them',
      settings: {},
      environment,
      timeout: functions.measureTimeout,
      defaults: props.functions,
      once: true,
    });
    this.lambda.allow(['sqs:GetQueueAttributes'], ...dlqs.map(({ queueArn }) => queueArn));
    const { encryptionKey } = props.functions;
    new RateSchedule(this, 'Schedule', { lambda: this.lambda, rate: '30 minutes', encryptionKey });
    new ImpactAlarm(this, 'MeasureFails', {
      metric: this.lambda.metricErrors({ period: Duration.minutes(30) }),
      periods: 4,
      ofWhich: 3,
      impact:
        'The dead-letter queues are not read, so a letter that SQS moves into one after six idle hours may ring no alarm.',
      firstStep: "Read the measure function's log; a likely cause is a missing permission.",
      action: props.alarmAction,
    });
  }
}
