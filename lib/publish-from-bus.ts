import { Names, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, type IEventBus, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { isTypePattern } from '../lambdas/domain/handler.ts';
import { unknownFields } from '../lambdas/domain/unknown-fields.ts';
import { deadLetterAlarm, deadLetterQueue } from './parts/work-queue.ts';
import { SettingsError } from './settings-error.ts';

/** Which events of a bus are published, and as what. A path such as `$.detail.customerId` reads a field of the event. */
export interface PublishFromBusProps {
  /** The detail type of the events: an exact one, `prefix.*`, or `*` for all. */
  readonly detailType: string;
  /** The path of the tenant. An app that may put events on the bus chooses it, so grant that with care. */
  readonly tenant: string;
  /** The `source` of the events. @default - any */
  readonly source?: string;
  /** The path of the event type that endpoints subscribe to. @default '$.detail-type' */
  readonly type?: string;
  /** The path of the data that endpoints get. @default '$.detail' */
  readonly data?: string;
  /**
   * The path of the event id. An event with an id that was published is not sent again. EventBridge's own is the same when it delivers an
   * event twice, but not when your app puts it twice: name a field of yours then. @default '$.id'
   */
  readonly id?: string;
}

const paths = ['tenant', 'type', 'data', 'id'] as const;
const known = { detailType: true, source: true, tenant: true, type: true, data: true, id: true };
/** Names separated by dots, which is what EventBridge reads. */
const path = /^\$(\.[\w-]+)+$/;

/** bus → rule with an input transformer → publish queue (+DLQ of the rule, since EventBridge would drop what it cannot deliver) */
export function publishFromBus(
  scope: Construct,
  bus: IEventBus,
  queue: Queue,
  props: PublishFromBusProps,
  shared: {
    readonly alarmAction: IAlarmAction;
    readonly removalPolicy: RemovalPolicy;
    readonly encryptionKey?: IKey;
  },
): Rule {
  const problem = problemWith(props);
  if (problem !== undefined) throw new SettingsError(`outbound.from: ${problem}`);
  const { detailType, source, tenant, type = '$.detail-type', data = '$.detail', id = '$.id' } = props;
  const name = `From-${[Names.nodeUniqueId(bus.node), source, detailType].filter(Boolean).join('-')}`;
  const deadLetters = deadLetterQueue(scope, `${name}Dlq`, shared);
  deadLetterAlarm(scope, `${name}DlqAlarm`, deadLetters, {
    impact: `EventBridge could not deliver an event ${detailType} to the publish queue; it was not sent.`,
    firstStep: "Check the publish queue's policy, then put the events in this queue on the bus again.",
    alarmAction: shared.alarmAction,
  });
  shared.encryptionKey?.addToResourcePolicy(keyUseOf(scope));
  const field = EventField.fromPath;
  return new Rule(scope, name, {
    eventBus: bus,
    description: `Publishes ${detailType} to endpoints`,
    eventPattern: { source: source === undefined ? undefined : [source], detailType: patternOf(detailType) },
    targets: [
      new SqsQueue(queue, {
        deadLetterQueue: deadLetters,
        message: RuleTargetInput.fromObject({
          id: field(id),
          type: field(type),
          tenant: field(tenant),
          data: field(data),
        }),
      }),
    ],
  });
}

/** EventBridge encrypts what it puts on a queue. The statement names no rule, because rules and queues name the key. */
function keyUseOf(scope: Construct): PolicyStatement {
  const { partition, region, account } = Stack.of(scope);
  return new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:events:${region}:${account}:rule/*` } },
  });
}

function patternOf(detailType: string): string[] {
  if (detailType === '*') return Match.exists();
  return detailType.endsWith('*') ? Match.prefix(detailType.slice(0, -1)) : [detailType];
}

function problemWith(props: PublishFromBusProps): string | undefined {
  const [slip] = unknownFields(known, props);
  if (slip !== undefined) return `${slip.name} ${slip.message}`;
  if (typeof props.detailType !== 'string' || !isTypePattern(props.detailType))
    return `detailType is '${props.detailType}'; write an exact one, 'prefix.*' or '*'`;
  const wrong = paths.find((name) => props[name] !== undefined && !path.test(props[name]));
  if (wrong !== undefined) return `${wrong} is '${props[wrong]}'; write a path such as $.detail.customerId`;
  return props.tenant === undefined
    ? 'tenant is missing; write a path such as $.detail.customerId'
    : undefined;
}
