import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { shapes } from '../../../../testing/memory/dynamodb/table-shape.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../support/dynamodb-local.ts';
import { bothSides, DifferenceError } from './both-sides.ts';
import { deliveriesOperations } from './deliveries-operations.ts';
import { endpointsOperations } from './endpoints-operations.ts';
import { eventsOperations } from './events-operations.ts';
import { inboundEventsOperations, tapsOperations } from './inbound-operations.ts';
import { eventTypesOperations, recoveriesOperations, talliesOperations } from './jobs-operations.ts';
import { limiterOperations } from './limiter-operations.ts';
import { after, type MakeOperations, start } from './operations.ts';

/** Runs of each store; a run has up to 25 steps. */
const runs = Number(process.env['DYNAMODB_DIFFERENTIAL_RUNS'] ?? 20);
const reason = whyNoDynamodbLocal();
if (reason !== undefined && process.env['DYNAMODB_LOCAL'] === 'required') throw new Error(reason);

const stores: Readonly<Record<string, MakeOperations>> = {
  deliveries: deliveriesOperations,
  endpoints: endpointsOperations,
  limiter: limiterOperations,
  'outbound events': eventsOperations,
  recoveries: recoveriesOperations,
  'failure tallies': talliesOperations,
  'event types': eventTypesOperations,
  'inbound events': inboundEventsOperations,
  'taps and once-only tokens': tapsOperations,
};

const small = fc.nat({ max: 3 });
const steps = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 }), fc.nat({ max: 7 }), small, small), {
  minLength: 5,
  maxLength: 25,
  size: 'max',
});
/** Seconds; among them just before, at and after the end of a lease. */
const spans = [0, 0, 1, 19, 20, 59, 61, 500];

async function startWithTables() {
  const local = await startDynamodbLocal();
  await local.createTable('InboundEvents', shapes.inboundEvents);
  await local.createTable('Deliveries', shapes.deliveries);
  await local.createTable('OutboundEvents', shapes.outboundEvents);
  await local.createTable('Endpoints', shapes.endpoints);
  return local;
}

type Drawn = readonly (readonly [which: number, span: number, a: number, b: number, c: number])[];

/** @throws Error that says which steps led to a difference */
async function compareRun(
  both: ReturnType<typeof bothSides>,
  make: MakeOperations,
  drawn: Drawn,
): Promise<void> {
  const operations = Object.entries({ ...make(both.client, crypto.randomUUID()), spoil: both.spoil });
  const trace: string[] = [];
  let now = start;
  for (const [which, span, a, b, c] of drawn) {
    now = after(now, spans[span] ?? 0);
    const [name, operate] = operations[which % operations.length] ?? [];
    trace.push(`${name} ${a} ${b} ${c}`);
    await operate?.({ now, a, b, c }).catch((error: unknown) => {
      if (error instanceof DifferenceError) throw new Error(`${trace.join(', ')}\n${error.message}`);
    });
  }
  await both.compareAll();
}

describe.skipIf(reason !== undefined)('the stand-in and Amazon’s DynamoDB Local', () => {
  const running = reason === undefined ? startWithTables() : undefined;
  const total = { steps: 0, commands: 0, refused: 0 };

  afterAll(async () => {
    console.info(
      `${total.steps} steps, ${total.commands} commands compared, ${total.refused} of them refused or conditions not met`,
    );
    (await running)?.stop();
  });

  it.each(Object.entries(stores))('do the same with %s', { timeout: 7_200_000 }, async (_store, make) => {
    const local = await running;
    if (local === undefined) throw new Error(reason);
    await fc.assert(
      fc.asyncProperty(steps, async (drawn) => {
        const both = bothSides(local.client);
        await compareRun(both, make, drawn).finally(both.clear);
        total.steps += drawn.length;
        total.commands += both.counts.commands;
        total.refused += both.counts.refused;
      }),
      { numRuns: runs, endOnFailure: true },
    );
    expect(total.commands).toBeGreaterThan(0);
  });
});
