import { expect, it } from 'vitest';
import { seededFaults } from './faults.ts';

const draw = (seed: number, share: number, count: number) => {
  const faults = seededFaults(seed, share);
  return Array.from({ length: count }, () => faults.next('sqs.SendMessage'));
};

it('a seed of chaos decides which calls meet which fault', () => {
  expect(draw(3, 0.2, 200)).toEqual(draw(3, 0.2, 200));
  expect(draw(3, 0.2, 200)).not.toEqual(draw(4, 0.2, 200));
});

it.each([0.05, 0.2])('about a share of %d of the calls meets a fault of chaos, of every kind', (share) => {
  const met = draw(1, share, 4000).filter((fault) => fault !== undefined);
  expect(met.length / 4000).toBeGreaterThan(share * 0.85);
  expect(met.length / 4000).toBeLessThan(share * 1.15);
  expect(new Set(met)).toEqual(new Set(['throttled', 'failed', 'lost', 'cut', 'slow']));
});

it('a throttled table refuses each write and no read, until chaos ends', () => {
  const faults = seededFaults(1, 0);
  faults.throttleWrites(true);
  const writes = [
    'dynamodb.PutItem',
    'dynamodb.UpdateItem',
    'dynamodb.DeleteItem',
    'dynamodb.BatchWriteItem',
  ];
  expect(writes.map((operation) => faults.next(operation))).toEqual(writes.map(() => 'throttled'));
  const others = ['dynamodb.GetItem', 'dynamodb.Query', 'sqs.SendMessage', 'dynamodb.BatchGetItem'];
  expect(others.map((operation) => faults.next(operation))).toEqual(others.map(() => undefined));
  faults.calm();
  expect(writes.map((operation) => faults.next(operation))).toEqual(writes.map(() => undefined));
});
