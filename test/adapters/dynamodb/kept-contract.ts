import { describe, expect, it } from 'vitest';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import { readStoredText } from '../../../lambdas/domain/stored-text.ts';
import { at, claimsFixture } from './claims-fixture.ts';

/** How failed and ignored events are listed, the same for the table and for the fake in memory. */
export function keptContract(name: string, make: () => Promise<InboundEventStore>): void {
  const setUp = claimsFixture(make);

  describe(`kept events on ${name}`, () => {
    it('kept events are listed by day, and no longer once they are processed', async () => {
      const { claims, claimBy } = await setUp();
      const day = { keptBody: 'inbound/x/kept/1', keptDay: `contract-${crypto.randomUUID()}#2026-11-18` };
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'failed', error: 'Error: no', kept: day }, at(1));

      const kept = async () => (await claims.listKept(day.keptDay, 10)).ids;
      expect(await kept()).toEqual([claimBy('a').id]);
      await claims.claim(claimBy('b', at(2)));
      expect(await kept()).toEqual([claimBy('a').id]);
      await claims.finish(claimBy('b', at(2)), { kind: 'processed' }, at(3));
      expect(await kept()).toEqual([]);
    });

    it('small kept events are stored in their records, and in one place only', async () => {
      const { claims, claimBy, record } = await setUp();
      const keptDay = `contract-${crypto.randomUUID()}#2026-11-18`;
      const inItem = { keptDay, keptMessage: '{"id":"\\ud800 ü"}' };
      const inBucket = { keptDay, keptBody: 'inbound/x/kept/1' };
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'ignored', kept: inBucket }, at(1));
      await claims.claim(claimBy('b', at(2)));
      await claims.finish(claimBy('b', at(2)), { kind: 'ignored', kept: inItem }, at(3));

      expect(await record()).toMatchObject({ keptMessage: inItem.keptMessage, keptAt: at(3) });
      expect((await record()).keptBody).toBeUndefined();
      expect(await claims.listKept(keptDay, 10)).toMatchObject({ ids: [claimBy('a').id] });
      await claims.claim(claimBy('c', at(4)));
      expect((await record()).keptMessage).toBe(inItem.keptMessage);
      await claims.finish(claimBy('c', at(4)), { kind: 'processed' }, at(5));
      expect((await record()).keptMessage).toBeUndefined();
    });

    it('kept events of some KB are compressed in their records', async () => {
      const { claims, claimBy, record } = await setUp();
      const keptMessage = JSON.stringify({ id: 'ü'.repeat(2_000) });
      const inItem = { keptDay: `contract-${crypto.randomUUID()}#2026-11-18`, keptMessage };
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'ignored', kept: inItem }, at(1));

      const { keptMessage: stored = '' } = await record();
      expect(stored).toBeInstanceOf(Uint8Array);
      expect(readStoredText(stored)).toBe(keptMessage);
      // A refused claim brings the item in another form.
      const { keptMessage: refused = '' } = (await claims.claim(claimBy('a'))) ?? {};
      expect(readStoredText(refused)).toBe(keptMessage);
    });

    it('kept events are listed page by page, the oldest first, even if some have the same instant', async () => {
      const keptDay = `contract-${process.pid}-pages-${crypto.randomUUID()}#2026-11-18`;
      const { claims, claimBy } = await setUp();
      const ids: string[] = [];
      for (const [index, then] of [3, 1, 2, 2, 2].entries()) {
        const claim = { ...claimBy('a'), id: `${claimBy('a').id}_${index}` };
        await claims.claim(claim);
        const day = { keptBody: 'inbound/x/kept/1', keptDay };
        await claims.finish(claim, { kind: 'failed', error: 'Error: no', kept: day }, at(then));
        ids.push(claim.id);
      }
      const found: string[] = [];
      let page = await claims.listKept(keptDay, 2);
      for (let pages = 0; pages < 5; pages++) {
        found.push(...page.ids);
        if (page.next === undefined) break;
        page = await claims.listKept(keptDay, 2, page.next);
      }

      expect(found.toSorted()).toEqual(ids.toSorted());
      expect([found[0], found.at(-1)]).toEqual([ids[1], ids[0]]);
    });
  });
}
