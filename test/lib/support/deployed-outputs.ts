import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** The outputs of a stack as CloudFormation would give them, with every expression resolved to some text. */
export function deployedOutputs(stack: Stack): Record<string, string> {
  const outputs: Readonly<Record<string, { readonly Value: unknown }>> =
    Template.fromStack(stack).toJSON()['Outputs'];
  return Object.fromEntries(Object.entries(outputs).map(([name, { Value }]) => [name, resolved(Value)]));
}

function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = []] = Object.entries(value as object);
  if (intrinsic === 'Fn::Join') return (argument as [string, unknown[]])[1].map(resolved).join('');
  return `<${[argument].flat().join('.')}>`;
}
