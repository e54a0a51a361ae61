import { isOfSending, type KeptQueue, sourceOfQueue } from '../kept/kept-queues.ts';
import { countsText, totalOf } from '../kept/queue-counts.ts';
import { failureLine } from '../terminal/errors.ts';
import { cell } from '../terminal/table.ts';
import type { Finding } from './finding.ts';

/**
 * Reports messages in queues that earlier changes of the stack left. When the stack is gone, no source can adopt them.
 *
 * @param kept the queues that the stack does not use any more
 * @param sources names of the sources that the stack has
 * @param source the queues of this source and those that all sources share; undefined for all queues
 */
export async function earlierFindings(
  kept: Promise<readonly KeptQueue[]>,
  sources: readonly string[],
  source: string | undefined,
): Promise<readonly Finding[]> {
  try {
    const withMessages = (await kept).filter(({ counts }) => totalOf(counts) > 0);
    const found = withMessages.map((queue) => ({ queue, owner: sourceOfQueue(queue, sources) }));
    return found
      .filter(({ queue, owner }) => source === undefined || (owner === source && !isOfSending(queue)))
      .map(({ queue, owner }) => findingOf(queue, owner, sources));
  } catch (error) {
    const detail = `could not be listed: ${failureLine(error)}`;
    return [{ check: 'queues left behind', ok: false, detail }];
  }
}

function findingOf(queue: KeptQueue, owner: string | undefined, sources: readonly string[]): Finding {
  const { name, url, counts, isCertain } = queue;
  const of = owner === undefined ? '' : `, of ${cell(owner)}`;
  const check = `queue left behind: ${name}`;
  const detail = `${countsText(counts)}${of}`;
  if (isOfSending(queue))
    return {
      check,
      ok: false,
      detail,
      advice: 'No function of this stack reads it any more. This lists all such queues:',
      command: 'kept',
    };
  const isHere = owner !== undefined && sources.includes(owner);
  const taker = isHere ? owner : 'SOURCE';
  return {
    check,
    ok: false,
    detail,
    advice: isHere
      ? 'No function reads it any more. This moves its events to the source’s queue:'
      : 'No function reads it any more. This moves the events of a source of the stack to the source’s queue:',
    command: `adopt ${taker} --from ${url}${isCertain ? '' : ' --yes'}`,
  };
}
