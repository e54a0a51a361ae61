import { pascalCase } from '../../lib/pascal-case.ts';
import { RefusedError } from '../terminal/errors.ts';

/**
 * Chooses one of the deployments in a stack.
 *
 * @param deployments what the keys of their outputs begin with; '' for a `WebhookStack`
 * @param construct the path of its construct below the stack, as the app writes it: `Hooks`, or `Shop/Hooks`
 * @throws RefusedError listing them when none or several fit
 */
export function chooseDeployment(stack: string, deployments: readonly string[], construct?: string): string {
  const named = construct?.split('/').map(pascalCase).join('');
  const fitting = deployments.filter((deployment) => named === undefined || deployment === named);
  const [only = ''] = fitting;
  if (fitting.length === 1 || deployments.length === 0) return only;
  const names = deployments.join(', ');
  if (named === undefined)
    throw new RefusedError(
      `${stack} has several deployments of Hookline: choose one with --construct (${names}).`,
    );
  const instead = names === '' ? ': its stack has only one; leave --construct out' : `; it has ${names}`;
  throw new RefusedError(`${stack} has no deployment '${construct}'${instead}.`);
}
