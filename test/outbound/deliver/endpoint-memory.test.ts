import { expect, it } from 'vitest';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import { start } from '../../support/fixtures/outbound.ts';

it('a process forgets the endpoints that it has not met for longest, but none with a request under way', () => {
  const memoryOf = endpointMemories(2);
  memoryOf('a').underWay = 1;
  memoryOf('b').quickAt = start;
  memoryOf('c').quickAt = start;
  memoryOf('d');

  expect(memoryOf('a').underWay).toBe(1);
  expect(memoryOf('b').quickAt).toBeUndefined();
});
