import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { deploymentIdsOf } from './deployment-name.ts';
import { outputKeys, type StackFacts } from './outputs.ts';
import { pascalCase } from './pascal-case.ts';

/** Adds the facts to the stack's outputs. `factsFrom` reads them back. */
export function addOutputs(
  deployment: Construct,
  { sources, inbound, outbound, ...shared }: StackFacts,
): void {
  for (const [fact, key] of Object.entries(outputKeys)) {
    const value: unknown = ownOf({ ...shared, ...inbound, ...outbound }, fact);
    if (typeof value === 'string') addOutput(deployment, key, value);
  }
  for (const source of Object.values(sources)) {
    addOutput(deployment, `Source${pascalCase(source.name)}`, Stack.of(deployment).toJsonString(source));
  }
}

/** Adds one output, under its key after the ids of the deployment: `HooksPublishQueueUrl`. */
export function addOutput(deployment: Construct, key: string, value: string): void {
  const prefix = deploymentIdsOf(deployment).map(pascalCase).join('');
  new CfnOutput(deployment, key, { value }).overrideLogicalId(`${prefix}${key}`);
}
