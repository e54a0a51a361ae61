import { expect, it } from 'vitest';
import { ownAssembly } from '../../bench/cpu/assembly.ts';
import { runOnce } from '../../bench/cpu/run.ts';

const functionsOf = { in: ['receive', 'consume'], out: ['publish', 'deliver'] } as const;

it.each(['in', 'out'] as const)(
  'the bench measures the functions of the flow `%s`, and finds nothing lost',
  async (flow) => {
    const run = await runOnce(flow, ownAssembly(), { count: 40, rate: 200, batch: 10 });
    expect(run.faults).toEqual([]);
    expect(run.latencies).toHaveLength(40);
    expect([...run.functions.keys()].sort()).toEqual([...functionsOf[flow]].sort());
    expect(run.calls.get('SendMessageBatch')).toBeGreaterThan(0);
  },
);
