import { Annotations, CfnResource, type Stack } from 'aws-cdk-lib';
import { ownOf } from '../lambdas/domain/own.ts';
import { ageInDays, freshForDays, publishedRanges } from './published-ranges.ts';
import { maxResources } from './settings.ts';
import type { Sources } from './source-settings.ts';

/** A list that its provider has changed since refuses real events. */
export function warnOfOldRanges(stack: Stack, sources: Sources): void {
  for (const [name, { provider, allowedCidrs }] of Object.entries(sources)) {
    const published = allowedCidrs === 'published' ? ownOf(publishedRanges, provider) : undefined;
    const age = published && ageInDays(published, Date.now());
    if (age === undefined || age <= freshForDays) continue;
    const text = `source '${name}': the list of ${provider}'s addresses is ${age} days old; compare it with ${published?.source}`;
    Annotations.of(stack).addWarningV2(`hookline:published-ranges-${name}`, text);
  }
}

/** CloudFormation would say it only at the deploy. */
export function tooManyResources(stack: Stack): string[] {
  const resources = stack.node
    .findAll()
    .filter((node) => node instanceof CfnResource && node.stack === stack);
  if (resources.length <= maxResources) return [];
  return [
    `${stack.stackName} has ${resources.length} resources, and ${maxResources} are the limit here (CloudFormation's is 500): ` +
      "split the sources over two stacks, or set isolation: 'shared'",
  ];
}
