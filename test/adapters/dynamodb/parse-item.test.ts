import * as v from 'valibot';
import { expect, it } from 'vitest';
import { itemParser, wellFormed } from '../../../lambdas/adapters/dynamodb/parse-item.ts';

const parserOf = (table: string) => itemParser('delivery', table, v.object({ attempts: v.number() }));

it.each([
  ['Deliveries', { tenant: 'acme', id: 'd1' }, 'the item of delivery d1 in the Deliveries table'],
  ['Endpoints', { tenant: 'acme', id: 'ep_1' }, 'the item of delivery acme/ep_1 in the Endpoints table'],
  ['Endpoints', { tenant: '', id: 'ep_1' }, 'the item of delivery ep_1 in the Endpoints table'],
  ['Endpoints', { tenant: 5 }, 'the item of delivery without an id in the Endpoints table'],
  ['Endpoints', undefined, 'the item of delivery without an id in the Endpoints table'],
])('a malformed item of the table %s is named by its key: %j', (table, item, named) => {
  expect(() => parserOf(table)(item)).toThrow(named);
});

it('malformed items are left out, and each is reported', () => {
  const errors: string[] = [];
  const items = [{ attempts: 1 }, { id: 'd1', attempts: 'many' }, { attempts: 2 }];

  expect(wellFormed(items, parserOf('Deliveries'), ({ message }) => errors.push(message))).toEqual([
    { attempts: 1 },
    { attempts: 2 },
  ]);
  expect(errors).toEqual([expect.stringContaining('d1 in the Deliveries table is malformed: attempts')]);
});
