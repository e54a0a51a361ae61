import { type IResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TargetSettings, TargetsByType } from '../lambdas/domain/target.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import type { Sources } from './source-props.ts';
import type { OneTarget, Target } from './target.ts';

export type TargetResource = Exclude<OneTarget, { readonly kind: 'handlers' }>;

/** A target with the name of its setting, e.g. `to.byType['invoice.*'].all[1]`. */
interface Place<One = OneTarget> {
  readonly path: string;
  /** The event type or the pattern. */
  readonly type: string;
  readonly target: One;
}

export const placesOf = (to: Target, path = 'to', type = '*'): Place[] => {
  switch (to.kind) {
    case 'all':
      return to.targets.map((target, index) => ({ path: `${path}.all[${index}]`, type, target }));
    case 'byType':
      return Object.entries(to.types).flatMap(([name, target]) =>
        placesOf(target, `${path}.byType['${name}']`, name),
      );
    default:
      return [{ path, type, target: to }];
  }
};

export const isRemote = (place: Place): place is Place<TargetResource> => place.target.kind !== 'handlers';

/** The targets outside of the consumer, each once: those of one resource have one place in `TARGETS`. */
function remoteOf(to: Target | undefined): TargetResource[] {
  const targets = (to === undefined ? [] : placesOf(to)).filter(isRemote).map(({ target }) => target);
  return targets.filter((target, index) => targets.findIndex((other) => isSame(other, target)) === index);
}

const isSame = (a: TargetResource, b: TargetResource): boolean =>
  a.kind === b.kind && resourceOf(a) === resourceOf(b);

/** Where the events of a source go, as λ consume reads it. */
export function targetsByType(to: Target | undefined): TargetsByType | undefined {
  if (to === undefined) return undefined;
  const remote = remoteOf(to);
  const byType: Record<string, TargetSettings[]> = {};
  for (const { type, target } of placesOf(to)) {
    byType[type] ??= [];
    byType[type].push(settingsOf(target, remote));
  }
  return byType;
}

function settingsOf(target: OneTarget, remote: readonly TargetResource[]): TargetSettings {
  if (target.kind === 'handlers') return { kind: 'handlers' };
  const at = remote.findIndex((other) => isSame(other, target));
  if (target.kind !== 'queue' && target.kind !== 'topic') return { kind: target.kind, at };
  const { fifo = false } = target.kind === 'queue' ? target.queue : target.topic;
  return { kind: target.kind, at, isFifo: fifo, groupBy: target.groupBy?.split('.') };
}

/** The value of `TARGETS`. */
export function targetAddresses(scope: Construct, sources: Sources): string {
  const addresses = Object.entries(sources)
    .map(([name, { to }]) => [name, remoteOf(to).map(addressOf)] as const)
    .filter(([, own]) => own.length > 0);
  return Stack.of(scope).toJsonString(Object.fromEntries(addresses));
}

function addressOf(target: TargetResource): string {
  return target.kind === 'queue' ? target.queue.queueUrl : arnOf(target);
}

function arnOf(target: TargetResource): string {
  switch (target.kind) {
    case 'bus':
      return target.bus.eventBusArn;
    case 'queue':
      return target.queue.queueArn;
    case 'topic':
      return target.topic.topicArn;
    case 'function':
      return typeof target.lambda === 'string' ? target.lambda : target.lambda.functionArn;
    case 'stateMachine':
      return target.stateMachine.stateMachineArn;
  }
}

/** What a consumer may do with a target of each kind. */
export const actions = {
  bus: 'events:PutEvents',
  queue: 'sqs:SendMessage',
  topic: 'sns:Publish',
  function: 'lambda:InvokeFunction',
  stateMachine: 'states:StartExecution',
} as const;

/** Allows a consumer exactly the one action on each target, and what its key needs for that. */
export function allowTargets(consume: NodeLambda, sources: Sources): void {
  for (const target of Object.values(sources).flatMap(({ to }) => remoteOf(to))) {
    consume.allow([actions[target.kind]], arnOf(target));
    const key =
      target.kind === 'queue'
        ? target.queue.encryptionMasterKey
        : target.kind === 'topic' && target.topic.masterKey;
    // SQS and SNS make a data key for what they store, and read the one in use.
    if (key) consume.allow(['kms:GenerateDataKey', 'kms:Decrypt'], key.keyArn);
  }
}

/** The resource of a target, or the ARN of a function. */
export function resourceOf(target: TargetResource): IResource | string {
  switch (target.kind) {
    case 'bus':
      return target.bus;
    case 'queue':
      return target.queue;
    case 'topic':
      return target.topic;
    case 'function':
      return target.lambda;
    case 'stateMachine':
      return target.stateMachine;
  }
}
