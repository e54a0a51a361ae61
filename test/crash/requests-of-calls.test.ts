import { expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { crashWorld } from './inbound/crash-world.ts';
import { scenarios as inboundScenarios } from './inbound/scenarios.ts';
import { scenariosOfWaits } from './inbound/scenarios-of-waits.ts';
import { answer, type Scenario, toTenant } from './outbound/scenario.ts';
import { scenarios as outboundScenarios } from './outbound/scenarios.ts';
import { type Run, simulate } from './outbound/simulation.ts';
import type { MadeRequest } from './requests-of-calls.ts';

const isWrite = ({ action }: MadeRequest) => action !== 'Query' && !action.endsWith('GetItem');

/** Counts what each kind of call asks of DynamoDB at most. */
function countRequests(
  counts: Map<string, string>,
  calls: readonly string[],
  requestsOfCalls: readonly (readonly MadeRequest[] | undefined)[],
): void {
  for (const [call, name] of calls.entries()) {
    const requests = requestsOfCalls[call] ?? [];
    const writes = requests.filter(isWrite).length;
    const reads = requests.length - writes;
    const text = writes > 0 ? `${writes} writes` : `${reads} reads`;
    if (requests.length > 1 && text > (counts.get(name) ?? '')) counts.set(name, text);
  }
}

it('the port calls of the outbound flow that make several requests are these, so that the crash suite stops each between them', async () => {
  const counts = new Map<string, string>();
  const count = ({ calls, requestsOfCalls }: Run) => countRequests(counts, calls, requestsOfCalls);
  for (const scenario of outboundScenarios) count(await simulate(scenario));
  count(await failureDuringANotice());

  expect(Object.fromEntries([...counts].sort())).toEqual({
    // A statement that is refused without its item is made again alone.
    'deliveries.claim': '2 writes',
    'deliveries.claimAnnounced': '2 writes',
    'deliveries.create': '2 writes',
    'deliveries.heldOf': '5 reads',
    'deliveries.stopped': '4 reads',
    'deliveries.waitingOf': '4 reads',
    'endpoints.create': '3 writes',
    'endpoints.disable': '2 writes',
    'endpoints.remove': '3 writes',
    'events.create': '2 writes',
    'limiter.leave': '2 writes',
    'limiter.reserve': '2 writes',
    'tallies.due': '8 reads',
    'tallies.notified': '2 writes',
  });
});

it('each port call of the inbound flow makes one request, and none of them may see an old record', async () => {
  const counts = new Map<string, string>();
  const late: string[] = [];
  for (const scenario of [...inboundScenarios, ...scenariosOfWaits]) {
    const { play, history, requestsOfCalls } = crashWorld(scenario, []);
    await play();
    countRequests(counts, history.calls, requestsOfCalls);
    for (const [call, requests] of requestsOfCalls.entries())
      if (requests?.some(({ mayBeLate }) => mayBeLate)) late.push(history.calls[call] ?? '');
  }

  expect(Object.fromEntries(counts)).toEqual({});
  expect(late).toEqual([]);
});

/** A second delivery fails while a sweep that stalls notifies the operators of the first. */
async function failureDuringANotice(): Promise<Run> {
  const scenario: Scenario = {
    name: 'a failure during a notice',
    registered: ['down'],
    publications: [toTenant('evt_1')],
    endpoints: { down: [answer(404)] },
    changes: [{ kind: 'publish', at: seconds(70), publication: toTenant('evt_2') }],
    ends: {
      'down evt_1': { status: 'failed', requests: 1 },
      'down evt_2': { status: 'failed', requests: 1 },
    },
  };
  const { calls } = await simulate(scenario);
  const run = await simulate(scenario, [
    { call: calls.indexOf('tallies.notified'), when: 'before', stallMs: 100_000 },
  ]);

  expect(run.violations).toEqual([]);
  return run;
}
