import { expect, it } from 'vitest';
import { days, unixMillis } from '../../../lambdas/domain/time.ts';
import { type EndpointFinding, shownBy } from '../../../lambdas/outbound/deliver/endpoint-health.ts';
import { down, finding, limiterKey, limiterOf as of, up } from '../../support/fixtures/findings.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

it.each<[readonly EndpointFinding[], object | undefined]>([
  [[], undefined],
  [[up], { health: 'up', took: 50 }],
  [[down, finding('slow', 6_000)], { health: 'slow', took: 3_025 }],
  [[down, down], { health: 'down', failures: 2 }],
  [[down, up, down, down], { health: 'down', failures: 2, after: 'success' }],
  [[down, finding('refusing'), down], { health: 'down', failures: 1, after: 'refusal' }],
  [[up, finding('refusing'), down], { health: 'down', failures: 1, after: 'success' }],
  [[up, finding('refusing')], { health: 'refusing', after: 'success' }],
  [[down, finding('refusing')], { health: 'refusing', after: undefined }],
  [[up, finding('hanging', 5_000)], { health: 'up', isSlow: true, quick: 0, endsHanging: true }],
  [[finding('slow', 6_000), up, up], { health: 'up', isSlow: true, quick: 2, endsHanging: false }],
])('what requests show that end together is what they show one after another: %#', (findings, shown) => {
  if (shown === undefined) expect(shownBy(findings)).toBeUndefined();
  else expect(shownBy(findings)).toMatchObject(shown);
});

const anyFinding = [
  up,
  finding('slow', 6_000),
  finding('refusing'),
  down,
  finding('down', 3_000),
  finding('hanging', 5_000),
];
const sequences = [1, 2, 3].flatMap((length) =>
  Array.from({ length: anyFinding.length ** length }, (_, nth) =>
    Array.from(
      { length },
      (__, place) => anyFinding[Math.floor(nth / anyFinding.length ** place) % anyFinding.length] ?? up,
    ),
  ),
);

it.each([undefined, 1, 2, 3, 20])(
  'one write records of requests that end together what a write for each would, with %s quick successes to go',
  async (slowLeft) => {
    const { limiter, now } = outboundWorld();
    const slow = slowLeft === undefined ? {} : { slowAt: unixMillis(now() - 500), slowLeft };
    const before = { failures: 2, probes: 0, failingSince: unixMillis(now() - 900) };
    const stateAfter = async (writes: readonly (readonly EndpointFinding[])[]) => {
      limiter.limiter.set(limiterKey, { ...before, ...slow, slots: {}, failedAt: before.failingSince });
      const held = { kind: 'lease', token: 'over', count: 1, until: now() } as const;
      const slot = { limiterKey, of, held, limits: { breakAfter: 5, disableAfter: days(5) } };
      for (const findings of writes) await limiter.leave(slot, shownBy(findings), now());
      return limiter.read(limiterKey);
    };

    for (const findings of sequences) {
      const what = findings.map(({ health, took }) => `${health} ${took}`).join(', ');
      const each = await stateAfter(findings.map((one) => [one]));
      expect(await stateAfter([findings]), what).toEqual(each);
    }
  },
);
