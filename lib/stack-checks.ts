import { Annotations, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import * as v from 'valibot';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { deployedText } from './parts/deployed-text.ts';
import { ageInDays, freshForDays, publishedRanges } from './published-ranges.ts';
import { maxEnvironmentBytes, maxResources } from './settings.ts';
import { sharedConsumer } from './shared-consumer.ts';
import type { Sources } from './source-props.ts';
import { sharedThrottle } from './source-throttles.ts';

/** Warns about settings that are allowed but probably a mistake. */
export function warnOfSettings(
  deployment: Construct,
  sources: Sources,
  isolation?: 'per-source' | 'shared',
): void {
  warnOfOldRanges(deployment, sources);
  if (isolation === 'shared') warnOfSharedSettings(deployment, sources);
}

/** Warns about an old list: if its provider has changed it since, it refuses real events. */
function warnOfOldRanges(deployment: Construct, sources: Sources): void {
  for (const [name, { provider, allowedCidrs }] of Object.entries(sources)) {
    const published = allowedCidrs === 'published' ? ownOf(publishedRanges, provider) : undefined;
    const age = published && ageInDays(published, Date.now());
    if (age === undefined || age <= freshForDays) continue;
    const text = `source '${name}': the list of ${provider}'s addresses is ${age} days old; compare it with ${published?.source}`;
    Annotations.of(deployment).addWarningV2(`hookline:published-ranges-${name}`, text);
  }
}

/** Warns about a setting that has no effect, because sources that share a receiver and a consumer get the maximum. */
function warnOfSharedSettings(deployment: Construct, sources: Sources): void {
  const { rate, burst } = sharedThrottle(Object.values(sources));
  const most = sharedConsumer(Object.values(sources));
  for (const [name, { throttle, maxConcurrency, handlerTimeout }] of Object.entries(sources)) {
    const given = [
      throttle &&
        (throttle.rate < rate || throttle.burst < burst) &&
        `throttle: { rate: ${throttle.rate}, burst: ${throttle.burst} } (the shared route has ${rate} and ${burst})`,
      maxConcurrency !== undefined &&
        maxConcurrency < most.maxConcurrency &&
        `maxConcurrency: ${maxConcurrency} (the shared consumer has ${most.maxConcurrency})`,
      handlerTimeout &&
        handlerTimeout.toSeconds() < most.handlerTimeout.toSeconds() &&
        `handlerTimeout: ${handlerTimeout.toSeconds()} s (the shared consumer has ${most.handlerTimeout.toSeconds()} s)`,
    ].filter(Boolean);
    if (given.length === 0) continue;
    const text = `source '${name}': under isolation: 'shared' the largest setting of all sources counts, not ${given.join(', nor ')}; set isolation: 'per-source', or lower the other sources'`;
    Annotations.of(deployment).addWarningV2(`hookline:shared-settings-${name}`, text);
  }
}

/** Checks at synth what AWS would refuse only at the deploy. */
export function checkAtSynth(deployment: Construct): void {
  const stack = Stack.of(deployment);
  deployment.node.addValidation({
    validate: () => [...tooManyResources(stack), ...tooLargeEnvironments(stack)],
  });
}

/** Checks the number of resources, which CloudFormation would refuse only at the deploy. */
function tooManyResources(stack: Stack): string[] {
  const resources = stack.node
    .findAll()
    .filter((node) => node instanceof CfnResource && node.stack === stack);
  if (resources.length <= maxResources) return [];
  return [
    `${stack.stackName} has ${resources.length} resources, but the limit here is ${maxResources} (CloudFormation's is 500): ` +
      "split the sources over two stacks, or set isolation: 'shared'",
  ];
}

const Environment = v.object({ variables: v.optional(v.record(v.string(), v.unknown()), {}) });

/** Checks the size of the environments, which Lambda would refuse only at the deploy. */
function tooLargeEnvironments(stack: Stack): string[] {
  const written = deployedText(stack);
  return stack.node
    .findAll()
    .filter((node) => node instanceof CfnFunction)
    .flatMap((lambda) => {
      const { variables } = v.parse(Environment, stack.resolve(lambda.environment) ?? {});
      const texts = Object.entries(variables).flatMap(([name, value]) => [name, written(value)]);
      const bytes = Buffer.byteLength(texts.join(''));
      if (bytes <= maxEnvironmentBytes) return [];
      return [
        `${lambda.node.path}: its environment may have ${bytes} bytes once it is deployed, but Lambda allows ${maxEnvironmentBytes}: ` +
          "shorten handlerEnvironment or the stack's name, or split the sources over two stacks",
      ];
    });
}
