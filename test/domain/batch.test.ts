import { describe, expect, it } from 'vitest';
import { type BatchSteps, runBatch } from '../../lambdas/domain/batch.ts';

type Steps = BatchSteps<string, { readonly name: string }, string>;

/** Steps that note what they do; a message `suspect-<crashes>` is a suspect, and one with `throws` in its name throws. */
function notingSteps(log: string[], changed: Partial<Steps> = {}): Steps {
  return {
    async first(message) {
      log.push(`first ${message}`);
      await Promise.resolve();
      const [, crashes] = /^suspect-(\d+)/.exec(message) ?? [];
      if (crashes !== undefined) {
        return { kind: 'suspect', suspect: { name: message }, crashes: Number(crashes) };
      }
      if (message.includes('throws')) throw new Error(message);
      log.push(`done ${message}`);
      return { kind: 'done', result: 'first' };
    },
    async alone(message, suspect) {
      log.push(`alone ${suspect.name}`);
      await Promise.resolve();
      if (message.includes('throws')) throw new Error(message);
      log.push(`done ${message}`);
      return 'alone';
    },
    async failed(message, error) {
      log.push(`failed ${message}`);
      return String(error);
    },
    ...changed,
  };
}

async function run(messages: readonly string[], changed?: Partial<Steps>) {
  const log: string[] = [];
  const done = await runBatch(messages, notingSteps(log, changed));
  return { log, results: done.map(({ message, result }) => [message, result]) };
}

describe('a batch of messages', () => {
  it('a batch without suspects runs at once, and each message keeps its result', async () => {
    const { log, results } = await run(['a', 'b']);
    expect(log).toEqual(['first a', 'first b', 'done a', 'done b']);
    expect(results).toEqual([
      ['a', 'first'],
      ['b', 'first'],
    ]);
  });

  it('a batch of no messages has no results', async () => {
    expect(await run([])).toEqual({ log: [], results: [] });
  });

  it('suspects run after the others are done, one at a time, the fewest crashes first', async () => {
    const { log, results } = await run(['suspect-3', 'a', 'suspect-1', 'suspect-2']);
    expect(log.slice(4)).toEqual([
      'done a',
      'alone suspect-1',
      'done suspect-1',
      'alone suspect-2',
      'done suspect-2',
      'alone suspect-3',
      'done suspect-3',
    ]);
    expect(results.map(([message]) => message)).toEqual(['a', 'suspect-1', 'suspect-2', 'suspect-3']);
  });

  it('suspects with as many crashes run in the order of the batch', async () => {
    const { results } = await run(['suspect-1b', 'suspect-1a', 'suspect-1c']);
    expect(results.map(([message]) => message)).toEqual(['suspect-1b', 'suspect-1a', 'suspect-1c']);
  });

  it('an error of a first run fails only its own message', async () => {
    const { results } = await run(['a', 'throws', 'b']);
    expect(results).toEqual([
      ['a', 'first'],
      ['throws', 'Error: throws'],
      ['b', 'first'],
    ]);
  });

  it('an error of a suspect fails only its own message, and the next suspect runs', async () => {
    const { log, results } = await run(['suspect-1-throws', 'suspect-2']);
    expect(results).toEqual([
      ['suspect-1-throws', 'Error: suspect-1-throws'],
      ['suspect-2', 'alone'],
    ]);
    expect(log.indexOf('failed suspect-1-throws')).toBeLessThan(log.indexOf('alone suspect-2'));
  });

  it('a worker that a suspect kills has done the other messages, and the suspects with fewer crashes', async () => {
    const log: string[] = [];
    const steps = notingSteps(log);
    const killer = new Promise<never>(() => undefined);
    const dying = runBatch(['suspect-2', 'suspect-5', 'a', 'throws'], {
      ...steps,
      alone: (message, suspect, done) =>
        message === 'suspect-5' ? killer : steps.alone(message, suspect, done),
    });
    await Promise.race([dying, new Promise(setImmediate)]);
    expect(log).toContain('done a');
    expect(log).toContain('failed throws');
    expect(log.at(-1)).toBe('done suspect-2');
  });

  it('the messages that are done are handed over once before the first suspect, and to each suspect', async () => {
    const seen: string[][] = [];
    const names = (done: readonly { readonly message: string }[]) => done.map(({ message }) => message);
    await run(['suspect-2', 'a', 'suspect-1', 'throws'], {
      beforeSuspects: async (done) => void seen.push(['before', ...names(done)]),
      alone: async (message, _suspect, done) => {
        seen.push([message, ...names(done)]);
        return 'alone';
      },
    });
    expect(seen).toEqual([
      ['before', 'a', 'throws'],
      ['suspect-1', 'a', 'throws'],
      ['suspect-2', 'a', 'throws', 'suspect-1'],
    ]);
  });

  it('a batch without suspects has nothing to do before them', async () => {
    const seen: unknown[] = [];
    await run(['a'], { beforeSuspects: async (done) => void seen.push(done) });
    expect(seen).toEqual([]);
  });
});
