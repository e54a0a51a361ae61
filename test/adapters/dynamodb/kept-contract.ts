import { describe, expect, it } from 'vitest';
import type { Kept, Outcome } from '../../../lambdas/domain/idempotency.ts';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import type { KeptList } from '../../../lambdas/domain/kept-events.ts';
import { readStoredText } from '../../../lambdas/domain/stored-text.ts';
import { at, claimsFixture } from './claims-fixture.ts';

/** Each third event failed. */
const outcomeOf = (nth: number, kept: Kept): Outcome =>
  nth % 3 === 0 ? { kind: 'failed', error: 'Error: no', kept } : { kind: 'ignored', kept };

/** Lists page by page. */
async function pagesOf(claims: InboundEventStore, list: KeptList, limit: number): Promise<string[]> {
  const found: string[] = [];
  let page = await claims.listKept(list, limit);
  found.push(...page.ids);
  while (page.next !== undefined) {
    page = await claims.listKept(list, limit, page.next);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    expect(page.ids).not.toEqual([]);
    found.push(...page.ids);
  }
  return found;
}

/** How failed and ignored events are listed, the same for the table and for the fake in memory. */
export function keptContract(name: string, make: () => Promise<InboundEventStore>): void {
  const setUp = claimsFixture(make);

  describe(`kept events on ${name}`, () => {
    it('kept events are listed by day, and no longer once they are processed', async () => {
      const { claims, claimBy } = await setUp();
      const day = { keptBody: 'inbound/x/kept/1', keptDay: `contract-${crypto.randomUUID()}#2026-11-18` };
      await claims.claim(claimBy('a'));
      await claims.finish(claimBy('a'), { kind: 'failed', error: 'Error: no', kept: day }, at(1));

      const kept = async () => (await claims.listKept(day, 10)).ids;
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
      expect(await claims.listKept({ keptDay }, 10)).toMatchObject({ ids: [claimBy('a').id] });
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
      let page = await claims.listKept({ keptDay }, 2);
      for (let pages = 0; pages < 5; pages++) {
        found.push(...page.ids);
        if (page.next === undefined) break;
        page = await claims.listKept({ keptDay }, 2, page.next);
      }

      expect(found.toSorted()).toEqual(ids.toSorted());
      expect([found[0], found.at(-1)]).toEqual([ids[1], ids[0]]);
    });

    it('kept events of all partitions are one list, by status too, from which no page leaves one out', async () => {
      const keptDay = `contract-${process.pid}-shards-${crypto.randomUUID()}#2026-11-18`;
      const { claims, claimBy } = await setUp();
      const made = Array.from({ length: 120 }, (_, nth) => ({
        claim: { ...claimBy('a'), id: `${claimBy('a').id}_${nth}` },
        outcome: outcomeOf(nth, { keptBody: 'inbound/x/kept/1', keptDay }),
        // Four of each instant.
        time: (nth * 7) % 30,
      }));
      for (const { claim, outcome, time } of made) {
        await claims.claim(claim);
        await claims.finish(claim, outcome, at(time));
      }
      const inOrder = made.toSorted((one, other) => one.time - other.time);
      const idsOf = (kind: string) =>
        inOrder.filter(({ outcome }) => outcome.kind === kind).map(({ claim }) => claim.id);
      const timeOf = (id: string) => made.find(({ claim }) => claim.id === id)?.time;

      const all = await pagesOf(claims, { keptDay }, 17);
      const failed = await pagesOf(claims, { keptDay, status: 'failed' }, 9);
      const ignored = await pagesOf(claims, { keptDay, status: 'ignored' }, 500);

      expect(all.toSorted()).toEqual(made.map(({ claim }) => claim.id).toSorted());
      expect(all.map(timeOf)).toEqual(inOrder.map(({ time }) => time));
      expect(failed.toSorted()).toEqual(idsOf('failed').toSorted());
      expect(failed.map(timeOf)).toEqual(idsOf('failed').map(timeOf));
      expect(ignored.toSorted()).toEqual(idsOf('ignored').toSorted());
    });
  });
}
