import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { deploymentIdsOf } from './deployment-name.ts';
import { isStackFact, outputKeys, type StackFacts } from './outputs.ts';
import { pascalCase } from './pascal-case.ts';

/** Adds the facts to the stack's outputs. `factsFrom` reads them back. */
export function addOutputs(deployment: Construct, { sources, ...facts }: StackFacts): void {
  for (const [fact, value] of Object.entries(facts)) {
    if (isStackFact(fact)) addOutput(deployment, outputKeys[fact], value);
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
