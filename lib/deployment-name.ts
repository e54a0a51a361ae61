import { Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { SettingsError } from './settings-error.ts';

const deployments = new WeakSet<IConstruct>();

/** Begins the outputs of sources, so that the outputs of a deployment with this word could not be told from them. */
const outputWord = /source/i;
/** Names that queues, APIs, log groups and namespaces of metrics may have. */
const idRule = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;

/**
 * Marks a construct as one deployment of Hookline: all below it have its name.
 *
 * @throws SettingsError when its id cannot be part of the names of AWS resources
 */
export function markDeployment(construct: Construct): void {
  const wrong = idsOf(construct).find((id) => !idRule.test(id) || outputWord.test(id));
  if (wrong !== undefined)
    throw new SettingsError(
      `the construct id '${wrong}' becomes part of names in AWS; write 1 to 40 letters, digits and hyphens, a letter first, without the word Source`,
    );
  deployments.add(construct);
}

/** The deployment that a construct belongs to; its stack, if it is not in one. */
const deploymentOf = (construct: IConstruct): IConstruct =>
  construct.node.scopes.findLast((scope) => deployments.has(scope)) ?? Stack.of(construct);

/** The ids of a construct below its stack. `Default` is left out, as in logical ids. */
function idsOf(construct: IConstruct): string[] {
  const { scopes } = construct.node;
  const below = scopes.slice(Stack.of(construct).node.scopes.length);
  return below.map(({ node }) => node.id).filter((id) => id !== 'Default');
}

/** The ids of a deployment below its stack, if it is not the stack's only content. */
export const deploymentIdsOf = (construct: IConstruct): readonly string[] => idsOf(deploymentOf(construct));

/**
 * The name of the deployment that a construct belongs to, for metrics and names in AWS: the stack's, and the construct's id
 * if a team has put `Webhooks` into a stack of its own: `Shop-Hooks`.
 */
export const deploymentNameOf = (construct: IConstruct): string =>
  [Stack.of(construct).stackName, ...deploymentIdsOf(construct)].join('-');

/** The path of a construct without its stack, for graphs and alarms: `Source-stripe/Consume`. */
export const nameOf = (construct: IConstruct): string => idsOf(construct).join('/');
