import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { defineHandlers, type HandlerContext } from '../../lambdas/domain/handler.ts';
import { consumeEnv } from '../../lambdas/env.ts';
import { sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';
import { contextWith, lambdaAws, sqsEvent } from '../support/worlds/lambda-aws.ts';

let handle: (context: HandlerContext) => Promise<void> = async () => undefined;
let flushes = 0;

vi.mock('../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => ({ sources: [sourceSettings()] }),
}));
vi.mock('../../lambdas/handlers/registry.ts', () => ({
  handlers: { stripe: defineHandlers('stripe', { 'invoice.paid': (_event, context) => handle(context) }) },
}));
vi.mock('../../lambdas/adapters/telemetry/telemetry.ts', async (original) => {
  const { telemetry } = await original<typeof import('../../lambdas/adapters/telemetry/telemetry.ts')>();
  return { telemetry: () => ({ ...telemetry('consume'), flush: () => flushes++ }) };
});

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../lambdas/inbound/consume.lambda.ts');

/** The event's worker died: its lease is over. */
const suspect = {
  id: { S: 'stripe#suspect' },
  status: { S: 'processing' },
  owner: { S: 'invocation-0/message-0' },
  attempts: { N: '1' },
  leaseUntil: { N: '1' },
  eventType: { S: 'invoice.paid' },
  receivedAt: { N: '1' },
};

const isClaimOf = (id: string, input: string): boolean =>
  input.includes(id) && input.includes('attribute_not_exists(#id)');

beforeAll(async () => {
  aws = await lambdaAws(consumeEnv, ({ input }) =>
    isClaimOf('stripe#suspect', JSON.stringify(input))
      ? { status: 400, body: { __type: 'ConditionalCheckFailedException', Item: suspect } }
      : undefined,
  );
  entry = await import('../../lambdas/inbound/consume.lambda.ts');
});

afterAll(() => aws.stop());

it.each([
  [60_000, 55_000, 57_500],
  [10_000, 8_000, 9_000],
])(
  'in %i ms, λ consume tells its handlers to stop after %i ms, and waits for them until %i ms',
  async (total, stop, end) => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const clear = vi.spyOn(globalThis, 'clearTimeout');

    await entry.handler(sqsEvent({ done: stripeMessage('evt_1') }), contextWith(total));

    const ofInvocation = set.mock.calls.flatMap(([, delay], n) =>
      delay === stop || delay === end ? [{ delay, timer: set.mock.results[n]?.value }] : [],
    );
    expect(ofInvocation.map(({ delay }) => delay)).toEqual([stop, end]);
    expect(clear.mock.calls.map(([timer]) => timer)).toEqual(
      expect.arrayContaining(ofInvocation.map(({ timer }) => timer)),
    );
  },
);

it('λ consume aborts the signal of a handler when its time is up, and reports what it counted', async () => {
  handle = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const before = flushes;

  const { batchItemFailures } = await entry.handler(
    sqsEvent({ slow: stripeMessage('evt_1') }),
    contextWith(500),
  );

  expect(batchItemFailures).toEqual([{ itemIdentifier: 'slow' }]);
  expect(flushes).toBe(before + 1);
});

it('λ consume reports what it counted before it ends its process', async () => {
  handle = () => new Promise(() => undefined);
  const flushed: number[] = [];
  vi.spyOn(process, 'exit').mockImplementation(() => {
    flushed.push(flushes);
    throw new Error('the process has ended');
  });
  const before = flushes;

  await entry.handler(sqsEvent({ hung: stripeMessage('evt_1') }), contextWith(100)).catch(() => undefined);

  expect(flushed).toEqual([before + 1]);
});

it.each([
  ['more than half', 30_001, 1],
  ['half', 30_000, 0],
])('λ consume runs a suspect while %s of its time is left, and not later', async (_share, left, runs) => {
  let handled = 0;
  handle = async () => void handled++;
  const remaining = [60_000, left];
  const context = {
    ...contextWith(60_000),
    getRemainingTimeInMillis: () => remaining.shift() ?? left,
  };

  await entry.handler(sqsEvent({ suspect: stripeMessage('suspect') }), context);

  expect(handled).toBe(runs);
});
