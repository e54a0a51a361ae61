import { expect, it } from 'vitest';
import { pacedWorld } from '../../support/worlds/paced-world.ts';

const waitsOf = ({ world }: Awaited<ReturnType<typeof pacedWorld>>) =>
  world.report.seconds.filter(({ name }) => name === 'LimitWaitTime').map(({ value }) => value);

const sender = { workers: 4, batchSize: 5 };

it('a healthy endpoint that gets more than its limits allow shows how long the line is', async () => {
  const paced = await pacedWorld({ ...sender, answersIn: 20, limits: { maxPerSecond: 1 } });
  await paced.publish(600);

  await paced.run(60);

  const waits = waitsOf(paced);
  expect(Math.max(...waits)).toBeGreaterThan(500);
  expect(Math.max(...waits)).toBeLessThan(800);
});

it('an endpoint that takes six seconds and has too few slots shows how long the line is', async () => {
  const paced = await pacedWorld({ ...sender, answersIn: 6_000, limits: { maxConcurrent: 2 } });
  await paced.publish(200);

  await paced.run(60);

  expect(Math.max(...waitsOf(paced))).toBeGreaterThan(300);
});

it.each([
  ['down', { kind: 'refused', status: 503 }],
  ['refusing', { kind: 'refused', status: 404 }],
] as const)('an endpoint that is %s shows no line for its limits', async (_what, outcome) => {
  const paced = await pacedWorld({ ...sender, answersIn: 20, limits: { maxPerSecond: 1 }, outcome });
  await paced.publish(5, 'first');
  await paced.run(20);
  const before = waitsOf(paced).length;
  await paced.publish(100);

  await paced.run(60);

  expect(waitsOf(paced)).toHaveLength(before);
});

it('an endpoint whose limits suffice shows no line', async () => {
  const paced = await pacedWorld({
    ...sender,
    answersIn: 20,
    limits: { maxConcurrent: 50, maxPerSecond: 100 },
  });
  await paced.publish(50);

  await paced.run(60);

  expect(waitsOf(paced).filter((wait) => wait > 5)).toEqual([]);
});
