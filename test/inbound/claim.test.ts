import { describe, expect, it } from 'vitest';
import { type Claim, type EventRecord, noOutcome } from '../../lambdas/domain/idempotency.ts';
import { days, later, seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { type Claimable, claimEvent, reclaimEvent } from '../../lambdas/inbound/claim.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const event: Claimable = {
  id: 'stripe#evt_1',
  owner: 'i-2/m-1',
  messageId: 'm-1',
  eventType: 'invoice.paid',
  receivedAt: now,
  handlerRetryDelays: [seconds(10), seconds(60)],
  lease: seconds(80),
  retention: days(7),
};
const record = (changes: Partial<EventRecord>): EventRecord => ({
  id: event.id,
  status: 'retrying',
  owner: 'i-1/m-1',
  attempts: 1,
  eventType: event.eventType,
  receivedAt: now,
  lastError: 'Error: no',
  ...changes,
});
const mine = (attempts: number) =>
  record({ status: 'processing', owner: event.owner, attempts, leaseUntil: later(now, seconds(80)) });

/** A store whose writes are refused by these records; undefined lets the write through. */
function store(onClaim: EventRecord | undefined, onReclaim?: EventRecord) {
  const reclaims: Claim[] = [];
  const claim = async () => onClaim;
  const reclaim = async (_seen: EventRecord, wanted: Claim) => {
    reclaims.push(wanted);
    return onReclaim;
  };
  return { claim, reclaim, reclaims };
}
const dueAt = later(now, seconds(30));

describe('a claim of an event', () => {
  it('a claim of a new event is for its first attempt, until its lease and retention end', async () => {
    expect(await claimEvent(event, now, store(undefined))).toEqual({
      kind: 'claimed',
      claim: {
        id: event.id,
        owner: event.owner,
        messageId: 'm-1',
        eventType: 'invoice.paid',
        receivedAt: now,
        attempts: 1,
        lastError: noOutcome(1),
        now,
        leaseUntil: later(now, seconds(80)),
        expiresAt: later(now, days(7)),
      },
    });
  });

  it('a claim whose response was lost is ours, for the attempt that it counted', async () => {
    expect(await claimEvent(event, now, store(mine(2)))).toMatchObject({
      kind: 'claimed',
      claim: { attempts: 2 },
    });
  });

  it('a claim of a released event that is due is for its next attempt', async () => {
    const events = store(record({}));

    expect(await claimEvent(event, now, events)).toMatchObject({ kind: 'claimed', claim: { attempts: 2 } });
    expect(events.reclaims).toMatchObject([{ attempts: 2, lastError: noOutcome(2) }]);
  });

  it('a claim of a released event that is not due waits', async () => {
    expect(await claimEvent(event, now, store(record({ dueAt })))).toEqual({
      kind: 'waiting',
      wait: { after: 'i-1/m-1', notBefore: dueAt, origin: 'm-1' },
    });
  });

  it('a claim of a suspect takes nothing while the suspect has attempts left', async () => {
    const suspect = record({ status: 'processing', attempts: 2, leaseUntil: now });
    const events = store(suspect);

    expect(await claimEvent(event, now, events)).toEqual({ kind: 'suspect', record: suspect });
    expect(events.reclaims).toEqual([]);
  });

  it('a claim of a suspect without attempts takes it, to give it up with its last error', async () => {
    const suspect = record({ status: 'processing', attempts: 3, leaseUntil: now });

    expect(await claimEvent(event, now, store(suspect))).toMatchObject({
      kind: 'exhausted',
      claim: { attempts: 3, lastError: 'Error: no' },
    });
    const silent = store({ ...suspect, lastError: undefined });
    expect(await claimEvent(event, now, silent)).toMatchObject({ claim: { lastError: noOutcome(3) } });
  });

  it('a claim of an event that has ended is a duplicate', async () => {
    expect(await claimEvent(event, now, store(record({ status: 'processed' })))).toEqual({
      kind: 'duplicate',
    });
  });
});

describe('a claim of an event that was seen before', () => {
  const seen = record({});
  const refusedBy = (refusal: EventRecord, of = seen) =>
    reclaimEvent(event, of, now, store(undefined, refusal));

  it('a second claim whose response was lost is ours', async () => {
    expect(await refusedBy(mine(2))).toMatchObject({ kind: 'claimed', claim: { attempts: 2 } });
    expect(await refusedBy(mine(3), record({ attempts: 3 }))).toMatchObject({
      kind: 'exhausted',
      claim: { attempts: 3 },
    });
  });

  it('a second claim comes back in a second when another consumer has taken and released the event', async () => {
    const busy = { kind: 'busy', wait: 1 };

    expect(await refusedBy(record({ attempts: 2 }))).toEqual(busy);
    expect(await refusedBy(record({ status: 'processing', attempts: 2, leaseUntil: now }))).toEqual(busy);
  });

  it('a second claim waits when another consumer has released the event until later', async () => {
    expect(await refusedBy(record({ attempts: 2, owner: 'i-3/m-9', dueAt }))).toEqual({
      kind: 'waiting',
      wait: { after: 'i-3/m-9', notBefore: dueAt, origin: 'm-1' },
    });
  });

  it('a second claim is over when another consumer works on the event, or has ended it', async () => {
    const leased = record({ status: 'processing', attempts: 2, leaseUntil: later(now, seconds(5)) });

    expect(await refusedBy(leased)).toEqual({ kind: 'busy', wait: 5 });
    expect(await refusedBy(record({ status: 'processed' }))).toEqual({ kind: 'duplicate' });
    expect(await refusedBy(record({ dueAt, sentBack: true }))).toEqual({ kind: 'superseded' });
  });

  it.each<Partial<EventRecord>>([
    { status: 'retrying', dueAt: now },
    { owner: 'i-3/m-3', attempts: 2 },
  ])('a second claim of a suspect comes back when another consumer claimed it first: %j', async (changes) => {
    const suspect = record({ status: 'processing', leaseUntil: now });

    expect(await refusedBy({ ...suspect, ...changes }, suspect)).toEqual({ kind: 'busy', wait: 1 });
  });
});
