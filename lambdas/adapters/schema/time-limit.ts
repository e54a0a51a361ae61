import { createContext, Script } from 'node:vm';
import type { Millis } from '../../domain/time.ts';

const context: { work?: () => unknown } = createContext({});
const script = new Script('work()');

/**
 * Does synchronous work that may never end, such as a regular expression that backtracks. Costs a third of a millisecond.
 *
 * @throws Error with code `ERR_SCRIPT_EXECUTION_TIMEOUT` when it takes longer; what the work throws
 * @see https://nodejs.org/api/vm.html#scriptrunincontextcontextifiedobject-options
 */
export function within<Result>(limit: Millis, work: () => Result): Result {
  context.work = work;
  return script.runInContext(context, { timeout: limit });
}
