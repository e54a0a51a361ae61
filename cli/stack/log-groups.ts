import { functionName } from '../../local/function-logs.ts';
import { isOfStack } from './resource-names.ts';

/**
 * Decides which log groups to follow.
 *
 * @param stack name of one stack; undefined for all
 * @param source the source whose receive and consume functions are followed, which all sources may share; undefined: the
 * deliver function
 */
export function isLogGroupMeant(
  stack: string | undefined,
  source: string | undefined,
): (group: string) => boolean {
  const names =
    source === undefined
      ? ['deliver']
      : ['Receive', 'Consume'].flatMap((part) => [`${source.replaceAll('-', '')}${part}`, `s${part}`]);
  const isOwn = isOfStack(stack);
  return (group) => isOwn(group) && names.includes(functionName(group));
}
