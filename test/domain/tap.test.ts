import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTapQueue, tapQueuePrefix, tapQueuesOf } from '../../lambdas/domain/tap.ts';

const stackName = fc.stringMatching(/^[A-Za-z]([A-Za-z0-9-]{0,40})$/);
const sourceName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
const queueOf = (stack: string, source: string) => `${tapQueuesOf(tapQueuePrefix(stack), source)}0a1b2c3d`;

test('a tap’s queue has a name that SQS accepts', () => {
  fc.assert(
    fc.property(stackName, sourceName, (stack, source) =>
      /^[A-Za-z0-9_-]{1,80}$/.test(queueOf(stack, source)),
    ),
  );
});

test('the names that a consumer may send to match no queue of another source or stack', () => {
  const pairs = fc.tuple(stackName, sourceName);
  fc.assert(
    fc.property(pairs, pairs, ([stack, source], [otherStack, otherSource]) => {
      const isOwn = stack === otherStack && source === otherSource;
      const granted = tapQueuesOf(tapQueuePrefix(stack), source);
      expect(queueOf(otherStack, otherSource).startsWith(granted)).toBe(isOwn);
    }),
  );
  const stacks = ['A', 'A-tap', 'A-git', 'webhooks-of-a-team-in-production', 'webhooks-of-a-team-in-prod-2'];
  const sources = ['git', 'git-hub', 'tap-git', 'tap'];
  const all = stacks.flatMap((stack) => sources.map((source) => [stack, source] as const));
  for (const [stack, source] of all) {
    const granted = tapQueuesOf(tapQueuePrefix(stack), source);
    const reached = all.filter((other) => queueOf(...other).startsWith(granted));
    expect(reached).toEqual([[stack, source]]);
  }
});

test.each([
  ['a URL', 'https://evil.example/1/Hookline_tap_git_0a1b2c3d'],
  ['another source’s', 'Hookline_tap_git-hub_0a1b2c3d'],
  ['another stack’s', 'Hookline2_tap_git_0a1b2c3d'],
  ['a path behind it', 'Hookline_tap_git_0a1b2c3d/../../x'],
  ['a line end behind it', 'Hookline_tap_git_0a1b2c3d\n'],
  ['a queue that is no tap', 'Hookline-SourcegitWorkQueue'],
  ['capital digits', 'Hookline_tap_git_0A1B2C3D'],
  ['nothing', ''],
])('a queue of a listener is not named %s', (_what, name) => {
  expect(isTapQueue(name, 'Hookline_tap_', 'git')).toBe(false);
});

test('a queue that listen makes is a tap queue', () => {
  expect(isTapQueue('Hookline_tap_git_0a1b2c3d', 'Hookline_tap_', 'git')).toBe(true);
});
