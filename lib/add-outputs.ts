import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { isStackFact, outputKeys, type StackFacts } from './outputs.ts';
import { pascalCase } from './pascal-case.ts';

/** Adds the facts to the stack's outputs. `factsFrom` reads them back. */
export function addOutputs(stack: Stack, { sources, ...facts }: StackFacts): void {
  for (const [fact, value] of Object.entries(facts)) {
    if (isStackFact(fact)) new CfnOutput(stack, outputKeys[fact], { value });
  }
  for (const source of Object.values(sources)) {
    new CfnOutput(stack, `Source${pascalCase(source.name)}`, { value: stack.toJsonString(source) });
  }
}
