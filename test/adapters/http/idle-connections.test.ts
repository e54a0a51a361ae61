import { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idleConnections } from '../../../lambdas/adapters/http/idle-connections.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), host: fc.integer({ min: 0, max: 300 }) }),
  fc.record({ kind: fc.constant('reuse' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: -5_000, max: 30_000 }) }),
  fc.record({ kind: fc.constant('open' as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The list, a clock, and all connections in it. */
function world() {
  let now = 1_000_000;
  const idle = idleConnections(() => now);
  const kept: { readonly socket: Socket; readonly madeAt: number }[] = [];
  const open = () => kept.filter(({ socket }) => !socket.destroyed);
  const begin = () => {
    idle.closeUnfit('other.example', []);
    for (const { madeAt } of open()) expect(now - madeAt).toBeLessThan(60_000);
  };
  return {
    open,
    begin,
    closeAll: idle.closeAll,
    wait(ms: number): void {
      now += ms;
    },
    add(host: number): void {
      const socket = new Socket();
      idle.begin(socket, `h${host}.example`);
      if (idle.add(socket)) kept.push({ socket, madeAt: now });
    },
    reuse(pick: number): void {
      begin();
      const used = open()[pick % Math.max(1, open().length)];
      if (used === undefined) return;
      idle.remove(used.socket);
      if (!idle.add(used.socket)) used.socket.destroy();
    },
  };
}

function take(one: Step, connections: ReturnType<typeof world>): void {
  switch (one.kind) {
    case 'wait':
      connections.wait(one.ms);
      break;
    case 'add':
      connections.add(one.host);
      break;
    case 'reuse':
      connections.reuse(one.pick);
      break;
    case 'open':
      connections.begin();
      break;
  }
}

it('at most 64 connections are idle, and none that is used is older than a minute, in any order of events', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const connections = world();
      for (const one of steps) {
        take(one, connections);
        expect(connections.open().length).toBeLessThanOrEqual(64);
      }
      connections.closeAll();
      expect(connections.open()).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
