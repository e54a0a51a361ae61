import { describe, expect, it } from 'vitest';
import { describeError, type EventRecord, standingOf } from '../../lambdas/domain/idempotency.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';

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
    ['mine', record({ owner: 'me', leaseUntil: unixMillis(now + 1) }), { kind: 'mine' }],
    ['leased', record({ leaseUntil: unixMillis(now + 1) }), { kind: 'busy', wait: 1 }],
    ['leased for longer', record({ leaseUntil: unixMillis(now + 60_500) }), { kind: 'busy', wait: 61 }],
    ['past its lease', record({ leaseUntil: now }), { kind: 'suspect' }],
  ])('%s', (_name, seen, standing) => {
    expect(standingOf(seen, me, now)).toEqual(standing);
  });
});

describe('describeError', () => {
  it.each([
    [new TypeError('no such field'), 'TypeError: no such field'],
    ['text', 'thrown: text'],
    [undefined, 'thrown: undefined'],
    [Object.create(null), 'thrown: object'],
    [Symbol('s'), 'thrown: Symbol(s)'],
  ])('%o', (error, text) => {
    expect(describeError(error)).toBe(text);
  });

  it('keeps a record small, and its text whole', () => {
    expect(describeError(new Error(`${'x'.repeat(292)}😀`))).toBe(`Error: ${'x'.repeat(292)}\ufffd`);
  });
});
