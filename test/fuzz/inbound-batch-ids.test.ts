import fc from 'fast-check';
import { expect, it } from 'vitest';
import { genericProvider } from '../../lambdas/domain/provider/generic.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { readEvents } from '../../lambdas/domain/provider/read-events.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

const sender = genericProvider({
  provider: 'token',
  token: { header: 'x-token', prefix: '', basic: false, batch: true },
});

/** The ids of a batch whose elements have these. */
function idsOf(ids: readonly string[]): string[] {
  if (sender === undefined) throw new Error('there is no such provider');
  const provider: Provider = { ...sender, id: { from: 'body', paths: ['id'] } };
  const request = requestOf(JSON.stringify(ids.map((id) => ({ id }))));
  const read = readEvents(provider, request, { family: '', idRule: provider.id, requestId: 'r' });
  return read.ok ? read.events.map(({ id }) => id) : [];
}

/** Few letters and numbers, so that one id is often what another one becomes. */
const id = fc
  .tuple(
    fc.constantFrom('a', 'b', '2'),
    fc.array(fc.constantFrom(':1', ':2', ':3', ':2:2'), { maxLength: 2 }),
  )
  .map(([name, numbers]) => name + numbers.join(''));

it.each([
  [
    ['a', 'a'],
    ['a', 'a:2'],
  ],
  [
    ['a', 'a', 'a:2'],
    ['a', 'a:3', 'a:2'],
  ],
  [
    ['a:2', 'a', 'a'],
    ['a:2', 'a', 'a:3'],
  ],
  [
    ['a', 'a', 'a:2', 'a:2'],
    ['a', 'a:3', 'a:2', 'a:2:2'],
  ],
  [
    ['a', 'a', 'a', 'a:2', 'a:2:2', 'a:2'],
    ['a', 'a:3', 'a:4', 'a:2', 'a:2:2', 'a:2:3'],
  ],
])('batch elements with the ids %j are the events %j', (given, expected) => {
  expect(idsOf(given)).toEqual(expected);
});

it('no two elements of a batch are one event, and a provider’s id stays with its first element', () => {
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 12 }), (given) => {
      const ids = idsOf(given);

      expect(new Set(ids).size).toBe(given.length);
      for (const own of new Set(given)) expect(ids[given.indexOf(own)]).toBe(own);
      expect(idsOf(given)).toEqual(ids);
    }),
  );
});
