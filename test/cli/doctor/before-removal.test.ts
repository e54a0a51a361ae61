import { describe, expect, it, test } from 'vitest';
import {
  type Left,
  untilEmpty,
  type Watched,
  watchedAll,
  watchedSource,
} from '../../../cli/doctor/before-removal.ts';
import { leftFindings } from '../../../cli/doctor/left-findings.ts';
import { fromLocalOutputs, sourceOf } from '../../../cli/stack/deployment.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { deployedOutputs, keptAws } from '../../support/cli/kept-aws.ts';

const dlqs = {
  ...deployedOutputs.dlqs,
  publish: 'dlq:PublishDlq',
  delivery: 'dlq:DeliveryDlq',
  inbound: { stripe: 'dlq:StripeDlq', partner: 'dlq:PartnerDlq' },
};
const empty = { messages: [] };
const queues = {
  'Hookline-SourcestripeWorkQueue1-A': empty,
  'Hookline-SourcepartnerWorkQueue1-A': { messages: ['x'] },
  'Hookline-OutboundPublishingQueue1-A': empty,
  'Hookline-OutboundDeliveringQueue1-A': { ...empty, delayed: 5 },
  StripeDlq: empty,
  PartnerDlq: empty,
  PublishDlq: empty,
  DeliveryDlq: empty,
  undelivered: empty,
  subscription: empty,
};
const world = (more: object = {}, outputs = { ...deployedOutputs, dlqs }) =>
  keptAws({ secrets: {}, queues: { ...queues, ...more } }, {}, outputs);

test('a source with empty queues may be removed', async () => {
  await using aws = await world();

  const { code, stdout } = await aws.run('doctor', '--before-removal', 'stripe');

  expect(stdout).toBe(
    '✔ queue of stripe: 0 waiting, 0 in flight, 0 delayed\n✔ dead letters of stripe: 0 messages\n✔ counts: SQS’s counts lag by up to a minute: --wait counts until they are settled\n',
  );
  expect(code).toBe(0);
});

test.each([
  ['waiting', { messages: ['1', '2'] }, '2 waiting, 0 in flight, 0 delayed'],
  ['in flight', { messages: [], inFlight: 3 }, '0 waiting, 3 in flight, 0 delayed'],
  ['delayed', { messages: [], delayed: 4 }, '0 waiting, 0 in flight, 4 delayed'],
])('a message that is %s is exit code 1, with an explanation of its end', async (_, queue, counts) => {
  await using aws = await world({ 'Hookline-SourcestripeWorkQueue1-A': queue });

  const { code, stdout } = await aws.run('doctor', '--before-removal', 'stripe');

  expect(code).toBe(1);
  expect(stdout).toContain(`✘ queue of stripe: about ${counts}\n`);
  expect(stdout).toContain(
    'First switch the webhook off at the provider; --wait waits until the queue is empty.',
  );
});

test('dead letters are exit code 1, with the command', async () => {
  await using aws = await world({ StripeDlq: { messages: ['x'] } });

  const { code, stdout } = await aws.run('doctor', '--before-removal', 'stripe');

  expect(code).toBe(1);
  expect(stdout).toMatch(
    /✘ dead letters of stripe: about 1 message\n {4}npx hookline .*dlq redrive stripe\n/,
  );
});

test('--all checks every source and the outbound queues', async () => {
  await using aws = await world();

  const { code, stdout } = await aws.run('doctor', '--before-removal', '--all', '--json');

  expect(code).toBe(1);
  expect(JSON.parse(stdout).map(({ check, ok }: { check: string; ok: boolean }) => `${check} ${ok}`)).toEqual(
    [
      ...['queue of stripe true', 'dead letters of stripe true'],
      ...['queue of partner false', 'dead letters of partner true'],
      ...['queue of publish true', 'dead letters of publish true', 'dead letters of subscription true'],
      ...['queue of delivery false', 'dead letters of delivery true', 'dead letters of undelivered true'],
      ...['pending deliveries true', 'held deliveries true', 'recoveries true'],
    ],
  );
});

test('sources that share a queue are reported together', async () => {
  const [stripe] = Object.keys(queues);
  const shared = {
    ...deployedOutputs,
    queues: { ...deployedOutputs.queues, inbound: { stripe: `sqs:${stripe}`, partner: `sqs:${stripe}` } },
    dlqs: { ...dlqs, inbound: { stripe: 'dlq:StripeDlq', partner: 'dlq:StripeDlq' } },
  };
  await using aws = await world({}, shared);

  const one = await aws.run('doctor', '--before-removal', 'partner');
  const all = await aws.run('doctor', '--all');

  expect(one.stdout).toContain(
    'queue of partner: 0 waiting, 0 in flight, 0 delayed (of all sources that share the queue)',
  );
  expect(all.stdout.match(/^. queue of \w+/gm)).toEqual([
    ...['✔ queue of inbound', '✔ queue of publish', '✘ queue of delivery'],
  ]);
});

test.each([
  [['--before-removal'], 'needs a source’s name, or --all'],
  [['--wait'], '--wait goes with --before-removal SOURCE or --all'],
  [['--before-removal', 'stripe', '--all'], 'leave one of them out'],
])('%j is a wrong command line', async (args, said) => {
  await using aws = await world();

  const { code, stderr } = await aws.run('doctor', ...args);

  expect(code).toBe(2);
  expect(stderr).toContain(said);
});

test('a source that does not exist is refused', async () => {
  await using aws = await world();

  expect(await aws.run('doctor', '--before-removal', 'strip')).toMatchObject({
    code: 1,
    stderr: "There is no source 'strip'; this stack has stripe, partner.\n",
  });
});

const now = unixMillis(Date.parse('2026-11-28T00:00:00Z'));
const none = { waiting: 0, inFlight: 0, delayed: 0 };
const watched: Watched = {
  name: 'stripe',
  kind: 'source',
  queueUrl: 'q',
  dlqUrl: 'd',
  isShared: false,
  retries: 9_755,
};
const nothing = {
  pending: 0,
  held: 0,
  heldBy: [],
  unburied: 0,
  recoveries: 0,
  isCutShort: false,
  hasMoreRecoveries: false,
  missing: [],
};
const left = (total: number, dead = 0, unfinished: Left['unfinished'] = undefined): Left => ({
  queues: [{ watched, queue: { ...none, inFlight: total }, dead: { ...none, waiting: dead } }],
  unfinished,
});

test('the last attempt of a handler is shown as a span after the last event, since a time would move with each check', () => {
  const advice = (retries: number | undefined) => {
    const queues = left(1).queues.map((one) => ({ ...one, watched: { ...watched, retries } }));
    return leftFindings({ queues, unfinished: undefined }, false)[0]?.advice ?? '';
  };

  expect(advice(9_755)).toContain('the queue is empty 3 h 13 min after the last event');
  expect(advice(9_755)).not.toMatch(/\d{4}-\d\d-\d\d/);
  expect(advice(0)).toContain('for at most 30 min');
  expect(advice(1_800)).toContain('for at most 1 h');
  expect(advice(undefined)).toContain('retried for the sum of its handlerRetryDelays');
});

test('a queue that sources share is not empty before the last attempt of the slowest handler', () => {
  const deployment = fromLocalOutputs(deployedOutputs);
  const sharing = (source: string, ...delays: number[]) => ({
    ...sourceOf(deployment, source),
    queueUrl: 'sqs:in',
    dlqUrl: 'dlq:in',
    checks: {
      tolerance: seconds(300),
      maxBodyBytes: 1_000,
      handlerRetryDelays: delays.map(seconds),
    },
  });
  const sources = { stripe: sharing('stripe', 5, 30), partner: sharing('partner', 60, 600) };
  const shared = { ...deployment, sources };

  expect(watchedSource(shared, 'stripe')).toMatchObject([{ isShared: true, retries: 660 }]);
  expect(watchedAll(shared)[0]).toMatchObject({ name: 'inbound', isShared: true, retries: 660 });
});

describe('--wait', () => {
  /** Looks every five seconds of a clock that only pauses move. */
  function clock(counts: readonly (number | Left)[], stopAfter = Number.POSITIVE_INFINITY) {
    let looks = 0;
    let at = now;
    const shown: number[] = [];
    const ports = {
      look: async () => {
        const seen = counts[Math.min(looks++, counts.length - 1)] ?? 0;
        return typeof seen === 'number' ? left(seen, 2) : seen;
      },
      pause: async () => {
        at = later(at, seconds(5));
      },
      now: () => at,
      progress: (seen: Left) => void shown.push(...seen.queues.map(({ queue }) => queue?.inFlight ?? -1)),
      isStopped: () => looks >= stopAfter,
    };
    return { ports, shown, looks: () => looks, waited: () => (at - now) / 1000 };
  }

  it('--wait continues until all counts of a minute are 0, regardless of dead letters', async () => {
    const world = clock([3, 1, 0]);

    expect(await untilEmpty(world.ports)).toEqual(left(0, 2));
    expect(world.waited()).toBe(70);
    expect(world.shown.slice(0, 3)).toEqual([3, 1, 0]);
  });

  it('--wait starts the minute again when a message comes back', async () => {
    const world = clock([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

    await untilEmpty(world.ports);

    expect(world.waited()).toBe(120);
  });

  it('--wait ends at once on Ctrl-C, with the last counts', async () => {
    const world = clock([3], 4);

    expect(await untilEmpty(world.ports)).toEqual(left(3, 2));
    expect(world.looks()).toBe(4);
  });

  it.each([
    ['deliveries that wait', { pending: 1 }],
    ['dead letters that are to be sent', { unburied: 1 }],
    ['recoveries', { recoveries: 1 }],
  ])('--wait waits for %s in the table', async (_, more) => {
    const world = clock([left(0, 2, { ...nothing, ...more }), left(0, 2, nothing)]);

    expect(await untilEmpty(world.ports)).toEqual(left(0, 2, nothing));
    expect(world.waited()).toBe(65);
  });

  it('--wait does not wait for held deliveries', async () => {
    const held = left(0, 2, { ...nothing, held: 3, heldBy: ['acme/e1'] });
    const world = clock([held]);

    expect(await untilEmpty(world.ports)).toEqual(held);
    expect(world.waited()).toBe(60);
  });

  it.each([
    ['queue', { ...left(0).queues[0], queue: undefined }],
    ['dead-letter queue', { ...left(0).queues[0], dead: undefined }],
  ])('--wait ends at once if a %s does not exist', async (_, one) => {
    const missing = { queues: [one], unfinished: undefined } as Left;
    const world = clock([missing]);

    expect(await untilEmpty(world.ports)).toBe(missing);
    expect(world.looks()).toBe(1);
  });
});
