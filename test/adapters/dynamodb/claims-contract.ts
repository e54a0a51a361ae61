import { describe, expect, it } from 'vitest';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import { at, claimsFixture, kept, minute, retention, start } from './claims-fixture.ts';

/** What the consumer relies on, the same for the table and for the fake in memory. */
export function claimsContract(name: string, make: () => Promise<InboundEventStore>): void {
  describe(`claims on ${name}`, () => {
    const setUp = claimsFixture(make);

    it('a claim store lets the first claim of a new event through, and writes that it has no outcome yet', async () => {
      const { claims, claimBy, record } = await setUp();

      expect(await claims.claim(claimBy('a'))).toBeUndefined();

      expect(await record()).toMatchObject({
        status: 'processing',
        owner: 'a/message-a',
        attempts: 1,
        leaseUntil: start + minute,
        lastError: 'no outcome in attempt 1',
        eventType: 'invoice.paid',
        receivedAt: start,
      });
    });

    it('a claim store refuses a second claim and returns the record that refused it', async () => {
      const { claims, claimBy } = await setUp();
      await claims.claim(claimBy('a'));

      const refusal = await claims.claim(claimBy('b', at(1)));

      expect(refusal).toMatchObject({
        status: 'processing',
        owner: 'a/message-a',
        leaseUntil: start + minute,
      });
    });

    it('a claim store lets one of many claims at once through', async () => {
      const { claims, claimBy } = await setUp();

      const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => claims.claim(claimBy(name))));

      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    });

    it('a claim store refuses a claim of an event whose worker died, regardless of how long ago', async () => {
      const { claims, claimBy } = await setUp();
      await claims.claim(claimBy('a'));

      expect(await claims.claim(claimBy('b', at(10 * minute)))).toMatchObject({ status: 'processing' });
    });

    it('a claim store lets a suspect be claimed again once its lease is over, not before', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      const seen = await record();

      expect(await claims.reclaim(seen, claimBy('b', at(minute - 1), 2))).toMatchObject({
        owner: 'a/message-a',
      });
      expect(await claims.reclaim(seen, claimBy('b', at(minute), 2))).toBeUndefined();

      expect(await record()).toMatchObject({ owner: 'b/message-b', attempts: 2, status: 'processing' });
    });

    it('a claim store lets one of two claim a suspect that both have seen', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      const seen = await record();

      expect(await claims.reclaim(seen, claimBy('b', at(minute), 2))).toBeUndefined();

      expect(await claims.reclaim(seen, claimBy('c', at(minute), 2))).toMatchObject({
        owner: 'b/message-b',
      });
    });

    it('a claim store refuses a suspect whose late worker has recorded an outcome since it was seen', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      const seen = await record();
      await claims.finish(claimBy('a'), { kind: 'processed' }, at(minute));

      expect(await claims.reclaim(seen, claimBy('b', at(minute), 2))).toMatchObject({ status: 'processed' });
    });

    it('a claim store refuses a suspect that another worker, or the same one, has claimed and lost since it was seen', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim({ ...claimBy('a'), expiresAt: at(1000) });
      const first = await record();
      await claims.claim(claimBy('b', at(minute)));
      const second = await record();

      expect(await claims.reclaim(first, claimBy('c', at(2 * minute), 2))).toMatchObject({
        owner: 'b/message-b',
      });
      await claims.reclaim(second, claimBy('b', at(2 * minute), 2));
      expect(await claims.reclaim(second, claimBy('c', at(3 * minute), 2))).toMatchObject({ attempts: 2 });
    });

    it('a claim store lets a released event be claimed again at once', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      const retrying = { kind: 'retrying', error: 'Error: no', dueAt: at(5), sentBack: false } as const;
      expect(await claims.finish(claimBy('a'), retrying, at(1))).toBe(true);
      const seen = await record();

      expect(seen).toMatchObject({ status: 'retrying', attempts: 1, lastError: 'Error: no' });
      expect(seen.leaseUntil).toBeUndefined();
      expect(await claims.claim(claimBy('b', at(2)))).toMatchObject({ status: 'retrying' });
      expect(await claims.reclaim(seen, claimBy('b', at(2), 2))).toBeUndefined();
    });

    it('a claim store keeps when the next attempt is due, and whether a message waits for it, until the event is claimed', async () => {
      const { claims, claimBy, record } = await setUp();
      const retrying = { kind: 'retrying', error: 'Error: no', dueAt: at(600_000), sentBack: true } as const;
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), retrying, at(1));
      const seen = await record();

      expect(seen).toMatchObject({ status: 'retrying', dueAt: start + 600_000, sentBack: true });
      expect(await claims.claim(claimBy('b', at(2)))).toEqual(seen);
      await claims.reclaim(seen, claimBy('b', at(600_000), 2));

      const claimed = await record();
      expect([claimed.dueAt, claimed.sentBack]).toEqual([undefined, undefined]);
    });

    it('a claim store keeps a processed event processed for its whole retention, and no longer', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'processed' }, at(1));

      expect(await record()).toMatchObject({ status: 'processed', processedAt: start + 1 });
      expect((await record()).lastError).toBeUndefined();
      expect(await claims.claim(claimBy('b', at(retention - 1000)))).toMatchObject({
        status: 'processed',
      });
      expect(await claims.claim(claimBy('b', at(retention)))).toBeUndefined();
    });

    it('a claim store keeps a live lease even past the retention', async () => {
      const { claims, claimBy } = await setUp();
      await claims.claim({ ...claimBy('a'), expiresAt: at(1000) });

      expect(await claims.claim(claimBy('b', at(2000)))).toMatchObject({ owner: 'a/message-a' });
      expect(await claims.claim(claimBy('b', at(minute)))).toBeUndefined();
    });

    it('a claim store refuses the message with which an event failed, and lets any other run it again', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'failed', error: 'Error: no', kept }, at(1));

      expect(await record()).toMatchObject({
        status: 'failed',
        endedMessageId: 'message-a',
        keptAt: start + 1,
      });
      expect(await claims.claim(claimBy('a', at(2)))).toMatchObject({ status: 'failed' });
      expect(await claims.claim(claimBy('b', at(2)))).toBeUndefined();
      expect(await record()).toMatchObject({ attempts: 1, keptBody: kept.keptBody });
      expect((await record()).endedMessageId).toBeUndefined();
    });

    it('a claim store refuses the message with which an event was ignored, and lets any other run it again', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'ignored', kept }, at(1));

      expect(await record()).toMatchObject({ status: 'ignored', endedMessageId: 'message-a' });
      expect(await claims.claim(claimBy('a', at(2)))).toMatchObject({ status: 'ignored' });
      expect(await claims.claim(claimBy('b', at(2)))).toBeUndefined();
      expect((await record()).endedMessageId).toBeUndefined();
    });

    it('a claim store writes no outcome for a worker that lost its claim', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim(claimBy('a'));
      await claims.reclaim(await record(), claimBy('b', at(minute), 2));

      expect(await claims.finish(claimBy('a'), { kind: 'processed' }, at(minute + 1))).toBe(false);
      expect(await record()).toMatchObject({ status: 'processing', owner: 'b/message-b' });
    });

    it('a claim store writes no outcome of a claim from before the event was new again, or of an earlier attempt', async () => {
      const { claims, claimBy, record } = await setUp();
      await claims.claim({ ...claimBy('a'), expiresAt: at(1000) });
      await claims.claim(claimBy('b', at(minute)));

      expect(await claims.finish(claimBy('a'), { kind: 'processed' }, at(minute + 1))).toBe(false);
      await claims.reclaim(await record(), claimBy('b', at(2 * minute), 2));
      expect(await claims.finish(claimBy('b'), { kind: 'processed' }, at(2 * minute + 1))).toBe(false);
      expect(await record()).toMatchObject({ status: 'processing', attempts: 2 });
    });

    it('a claim store accepts a repeated outcome whose first response was lost', async () => {
      const { claims, claimBy } = await setUp();
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'processed' }, at(1));

      expect(await claims.finish(claimBy('a'), { kind: 'processed' }, at(2))).toBe(true);
      const retrying = { kind: 'retrying', error: 'Error: no', dueAt: at(5), sentBack: false } as const;
      expect(await claims.finish(claimBy('a'), retrying, at(3))).toBe(false);
      expect(await claims.finish(claimBy('b'), { kind: 'processed' }, at(4))).toBe(false);
    });
  });
}
