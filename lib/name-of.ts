import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The path of a construct without its stack, for graphs and alarms: `Source-stripe/Consume`. */
export const nameOf = (construct: Construct): string =>
  construct.node.path.slice(Stack.of(construct).node.path.length + 1);
