import { describe, expect, it } from 'vitest';
import {
  firstVersion,
  generationOf,
  isForEarlierEndpoint,
} from '../../lambdas/domain/endpoint-generation.ts';
import { later, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const createdAt = unixMillis(Date.UTC(2026, 10, 25, 12));
const old = { createdAt };

describe('the generation of an endpoint', () => {
  it('the generation of an endpoint is written on it, or else the instant of its creation', () => {
    expect(generationOf({ ...old, generation: 'g1' })).toBe('g1');
    expect(generationOf(old)).toBe(String(createdAt));
  });

  it('the generation of a delivery decides whether it is for an earlier endpoint', () => {
    const delivery = { generation: 'g1', createdAt: later(createdAt, seconds(60)) };

    expect(isForEarlierEndpoint(delivery, { ...old, generation: 'g1' })).toBe(false);
    expect(isForEarlierEndpoint(delivery, { ...old, generation: 'g2' })).toBe(true);
    expect(isForEarlierEndpoint({ ...delivery, generation: String(createdAt) }, old)).toBe(false);
  });

  it('a delivery without a generation is for an earlier endpoint if it is more than ten seconds older', () => {
    const endpoint = { createdAt: later(createdAt, seconds(10)), generation: 'g2' };

    expect(isForEarlierEndpoint(old, endpoint)).toBe(false);
    expect(isForEarlierEndpoint({ createdAt: unixMillis(createdAt - 1) }, endpoint)).toBe(true);
  });

  it('the generation of an endpoint decides its first version', () => {
    // printf g1 | sha256sum, the first six bytes
    expect(firstVersion('g1')).toBe(0x711430f6164e);
    expect(firstVersion('g2')).not.toBe(firstVersion('g1'));
  });
});
