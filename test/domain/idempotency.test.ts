import { describe, expect, it } from 'vitest';
import {
  describeError,
  type EventRecord,
  isLeased,
  maxAttempts,
  noOutcome,
  ownerOf,
  sourceIn,
  standingOf,
} from '../../lambdas/domain/idempotency.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';

const now = unixMillis(1_795_000_000_000);
const me = { owner: 'me', messageId: 'm-1' };
const record = (changes: Partial<EventRecord>): EventRecord => ({
  id: 'stripe#evt_1',
  status: 'processing',
  owner: 'other',
  attempts: 1,
  eventType: 'invoice.paid',
  receivedAt: now,
  ...changes,
});

describe('standingOf', () => {
  it.each([
    ['processed', record({ status: 'processed' }), { kind: 'duplicate' }],
    ['failed with this message', record({ status: 'failed', endedMessageId: 'm-1' }), { kind: 'duplicate' }],
    [
      'failed with another message',
      record({ status: 'failed', endedMessageId: 'm-2' }),
      { kind: 'busy', wait: 1 },
    ],
    [
      'ignored with this message',
      record({ status: 'ignored', endedMessageId: 'm-1' }),
      { kind: 'duplicate' },
    ],
    [
      'ignored with another message',
      record({ status: 'ignored', endedMessageId: 'm-2' }),
      { kind: 'busy', wait: 1 },
    ],
    ['released', record({ status: 'retrying' }), { kind: 'retry' }],
    ['released, and due', record({ status: 'retrying', dueAt: now, sentBack: true }), { kind: 'retry' }],
    [
      'released, and not due',
      record({ status: 'retrying', dueAt: unixMillis(now + 1) }),
      { kind: 'waiting', after: 'other', until: now + 1 },
    ],
    ['mine', record({ owner: 'me', leaseUntil: unixMillis(now + 1) }), { kind: 'mine' }],
    ['leased', record({ leaseUntil: unixMillis(now + 1) }), { kind: 'busy', wait: 1 }],
    ['leased for longer', record({ leaseUntil: unixMillis(now + 60_500) }), { kind: 'busy', wait: 61 }],
    ['past its lease', record({ leaseUntil: now }), { kind: 'suspect' }],
  ])('standingOf decides: %s', (_name, seen, standing) => {
    expect(standingOf(seen, me, now)).toEqual(standing);
  });
});

describe('a message of a released event', () => {
  const owner = 'i-1/m-1';
  const dueAt = unixMillis(now + 1000);
  const sentBack = record({ status: 'retrying', owner, dueAt, sentBack: true });
  const waiting = { kind: 'waiting', after: owner, until: dueAt };
  const superseded = { kind: 'superseded' };

  it.each([
    ['that was sent back', { owner: 'i-2/m-2', messageId: 'm-1', after: owner }, waiting],
    [
      'that was sent back after an earlier attempt',
      { owner: 'i-2/m-2', messageId: 'm-1', after: 'i-0/m-0' },
      superseded,
    ],
    ['from which the one that waits was made', { owner: 'i-2/m-1', messageId: 'm-1' }, superseded],
    ['that is a redelivery or a replay', { owner: 'i-2/m-3', messageId: 'm-3' }, waiting],
  ])('a message of a released event %s', (_name, claimant, standing) => {
    expect(standingOf(sentBack, claimant, now)).toEqual(standing);
  });

  it('a message of a released event is superseded only by a message that was sent', () => {
    const inFlight = { ...sentBack, sentBack: undefined };

    for (const after of [undefined, owner, 'i-0/m-0'])
      expect(standingOf(inFlight, { owner: 'i-2/m-1', messageId: 'm-1', after }, now)).toEqual(waiting);
  });
});

describe('describeError', () => {
  it.each([
    [new TypeError('no such field'), 'TypeError: no such field'],
    ['text', 'thrown: text'],
    [undefined, 'thrown: undefined'],
    [Object.create(null), 'thrown: object'],
    [Symbol('s'), 'thrown: Symbol(s)'],
  ])('describeError describes %o', (error, text) => {
    expect(describeError(error)).toBe(text);
  });

  it('describeError keeps a record small, and its text valid', () => {
    expect(describeError(new Error(`${'x'.repeat(292)}😀`))).toBe(`Error: ${'x'.repeat(292)}\ufffd`);
  });
});

it('the source of a key ends at the first #', () => {
  expect(sourceIn('stripe#evt#1')).toBe('stripe');
  expect(sourceIn('#evt')).toBe('');
  expect(sourceIn('stripe')).toBe('');
});

it('an owner is named by its invocation and its message, in 23 characters', () => {
  expect(ownerOf('i-1', 'm-1')).toMatch(/^[\w-]{11}\/[\w-]{11}$/);
  expect(ownerOf('i-1', 'm-1')).toBe(ownerOf('i-1', 'm-1'));
  expect(new Set(['i-1', 'i-2'].flatMap((i) => ['m-1', 'm-2'].map((m) => ownerOf(i, m)))).size).toBe(4);
});

it('the message of an owner is known in the record of a version that did not shorten it', () => {
  const id = crypto.randomUUID();
  const owner = `${crypto.randomUUID()}/${id}`;
  const seen = record({ status: 'retrying', sentBack: true, owner, dueAt: now });
  const claimant = { owner: ownerOf('another', id), messageId: id };

  expect(standingOf(seen, claimant, now)).toEqual({ kind: 'superseded' });
});

it('an event is leased while it is processed and its lease runs', () => {
  const leaseUntil = unixMillis(now + 1);

  expect(isLeased(record({ leaseUntil }), now)).toBe(true);
  expect(isLeased(record({ leaseUntil }), leaseUntil)).toBe(false);
  expect(isLeased(record({}), now)).toBe(false);
  expect(isLeased(record({ status: 'retrying', leaseUntil }), now)).toBe(false);
});

it('an event has one attempt, and one more after each delay', () => {
  expect(maxAttempts([])).toBe(1);
  expect(maxAttempts([seconds(1), seconds(2)])).toBe(3);
  expect(noOutcome(2)).toBe('no outcome: worker died or timed out in attempt 2');
});
