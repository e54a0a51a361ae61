import { type Duration, type IResource, Stack, Token } from 'aws-cdk-lib';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { isTypePattern } from '../lambdas/domain/handler.ts';
import type { SourceProps } from './source-props.ts';
import type { AllTargets, Target, TargetsOfTypes } from './target.ts';
import { actions, isRemote, placesOf, resourceOf, type TargetResource } from './target-settings.ts';

/** The part of a function's time that is left for recording, as λ consume has it. */
const reserveSeconds = (timeout: number): number => Math.min(5, timeout / 5);

/**
 * Finds what is wrong with the targets of a source.
 *
 * @param consumerTimeout the timeout of the function that hands the events over
 * @returns the path of the setting, and what to write; undefined when nothing is
 */
export function problemWithTargets({ to }: SourceProps, consumerTimeout: Duration): string | undefined {
  if (to === undefined) return undefined;
  const shape = problemWithShape(to, 'to');
  if (shape !== undefined) return shape;
  const places = placesOf(to);
  const problems = places
    .filter(isRemote)
    .map(({ path, target }) => [path, problemWithTarget(target, consumerTimeout)] as const);
  const [path, problem] = problems.find(([, text]) => text !== undefined) ?? [];
  return problem === undefined ? undefined : `${path}: ${problem}`;
}

const kinds = [...Object.keys(actions), 'handlers'];
const isOneTarget = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && kinds.includes(String(Reflect.get(given, 'kind')));

function problemWithShape(to: Target, path: string): string | undefined {
  switch (to?.kind) {
    case 'all':
      return problemWithAll(to, path);
    case 'byType':
      return problemWithTypes(to, path);
    default:
      return isOneTarget(to) ? undefined : `${path}: write a target, such as Target.bus(bus)`;
  }
}

function problemWithAll({ targets }: AllTargets, path: string): string | undefined {
  if (targets.length === 0) return `${path}: Target.all() has no target; name at least one`;
  const wrong = targets.findIndex((target) => !isOneTarget(target));
  return wrong === -1
    ? undefined
    : `${path}.all[${wrong}]: write a single target, such as Target.bus(bus); Target.byType goes outside of Target.all`;
}

function problemWithTypes({ types }: TargetsOfTypes, path: string): string | undefined {
  const names = Object.keys(types);
  if (names.length === 0) return `${path}: Target.byType({}) has no event type; name at least one`;
  const problems = Object.entries(types).map(([type, target]) => {
    const place = `${path}.byType['${type}']`;
    if (!isTypePattern(type))
      return `${place}: no event has this type; write an exact one, 'prefix.*' or '*'`;
    const isNested = Reflect.get(Object(target), 'kind') === 'byType';
    if (isNested) return `${place}: write a target or Target.all(…); Target.byType is not nested`;
    return problemWithShape(target, place);
  });
  return problems.find((problem) => problem !== undefined);
}

const functionArn = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const fieldPath = /^[^.$[\]]+(\.[^.$[\]]+)*$/;

function problemWithTarget(target: TargetResource, consumerTimeout: Duration): string | undefined {
  switch (target.kind) {
    case 'queue':
    case 'topic':
      return target.groupBy === undefined || fieldPath.test(target.groupBy)
        ? undefined
        : `groupBy is '${target.groupBy}'; write the names of the payload's fields, separated by full stops, such as data.object.customer`;
    case 'function':
      return problemWithFunction(target.lambda, consumerTimeout);
    default:
      return undefined;
  }
}

function problemWithFunction(lambda: IResource | string, consumerTimeout: Duration): string | undefined {
  if (typeof lambda === 'string')
    return Token.isUnresolved(lambda) || functionArn.test(lambda)
      ? undefined
      : `'${lambda}' is not the ARN of a function; write arn:aws:lambda:<region>:<account>:function:<name>`;
  if (!(lambda instanceof Lambda) || lambda.timeout === undefined) return undefined;
  const [own, all] = [lambda.timeout.toSeconds(), consumerTimeout.toSeconds()];
  const most = all - reserveSeconds(all);
  return own <= most
    ? undefined
    : `the function may run for ${own} s, longer than the ${most} s that handlerTimeout (${all} s) leaves; raise handlerTimeout, or lower the function's timeout`;
}

/**
 * Checks that a target is in the region of the stack, whose endpoints the consumer calls.
 *
 * @returns the path of the setting, and what to write; undefined when it is, or when a region is not known before the deploy
 */
export function problemWithRegions(scope: Construct, { to }: SourceProps): string | undefined {
  const { region } = Stack.of(scope);
  if (to === undefined || Token.isUnresolved(region)) return undefined;
  for (const { path, target } of placesOf(to).filter(isRemote)) {
    const own = regionOf(resourceOf(target));
    if (own !== undefined && own !== region)
      return `${path}: the target is in ${own}, but this stack is in ${region}; put a target of this region in between`;
  }
  return undefined;
}

function regionOf(resource: IResource | string): string | undefined {
  const region = typeof resource === 'string' ? resource.split(':')[3] : resource.env.region;
  return Token.isUnresolved(typeof resource === 'string' ? resource : region) ? undefined : region;
}
