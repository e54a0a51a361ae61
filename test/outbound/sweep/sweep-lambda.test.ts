import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { sweepEnv } from '../../../lambdas/env.ts';
import { outboundSettings, start } from '../../support/fixtures/outbound.ts';
import { contextWith, lambdaAws } from '../../support/worlds/lambda-aws.ts';

let flushes = 0;

vi.mock('../../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => outboundSettings,
}));
vi.mock('../../../lambdas/adapters/telemetry/telemetry.ts', async (original) => {
  const { telemetry } = await original<typeof import('../../../lambdas/adapters/telemetry/telemetry.ts')>();
  return { telemetry: () => ({ ...telemetry('sweep'), flush: () => flushes++ }) };
});

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../../lambdas/outbound/sweep/sweep.lambda.ts');
const actions: string[] = [];

beforeAll(async () => {
  aws = await lambdaAws(sweepEnv, ({ action, input }) => {
    actions.push(`${action} ${JSON.stringify(input)}`);
    return undefined;
  });
  entry = await import('../../../lambdas/outbound/sweep/sweep.lambda.ts');
});

afterEach(() => {
  actions.length = 0;
});
afterAll(() => aws.stop());

const readsOfDueIndex = () => actions.filter((action) => action.includes('dueShard'));

it('λ sweep looks at what is due while it has more than ten seconds', async () => {
  await entry.handler({}, contextWith(10_001));

  expect(readsOfDueIndex().length).toBeGreaterThan(0);
});

it('λ sweep begins nothing in its last ten seconds', async () => {
  await entry.handler({}, contextWith(10_000));

  expect(readsOfDueIndex()).toEqual([]);
});

it('λ sweep reads the queues twice an hour, and reports what it counted', async () => {
  const before = flushes;
  vi.spyOn(Date, 'now').mockReturnValue(start);

  await entry.handler({}, contextWith(60_000));

  expect(actions.filter((action) => action.startsWith('GetQueueAttributes')).length).toBeGreaterThan(0);
  expect(flushes).toBe(before + 1);
});
