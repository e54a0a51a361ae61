import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  type EventHeading,
  headingOf,
  packEvent,
  ReceivedMessage,
} from '../../lambdas/domain/event.ts';
import { maxInlineMessageBytes, parseMessage, utf8Bytes } from '../../lambdas/domain/messages.ts';

const heading: EventHeading = {
  v: 1,
  source: 'stripe',
  provider: 'stripe',
  id: 'evt_1',
  type: 'invoice.paid',
  receivedAt: 1_795_000_000_000,
  correlationId: 'request-1',
  headers: { 'content-type': 'application/json' },
};

/** What SQS takes. */
const sqsText = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

describe('packEvent', () => {
  it.each([
    ['text', Buffer.from('{"name":"Zoë 😀"}')],
    ['nothing', Buffer.from('')],
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['NULs', Buffer.from('\0\0{}\0')],
    ['U+FFFE and U+FFFF', Buffer.from('\ufffe\uffff')],
    ['every control character', Buffer.from(Array.from({ length: 32 }, (_, code) => code))],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0x00])],
    ['an encoded lone surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ])('packEvent keeps %s byte for byte', async (_name, body) => {
    const { message, stored } = packEvent(heading, body);
    const parsed = parseMessage(ReceivedMessage, 'queue message', message);

    expect(stored).toBeUndefined();
    expect(message).toMatch(sqsText);
    expect(headingOf(parsed)).toEqual(heading);
    expect(await bytesOf(parsed, async () => undefined)).toEqual(body);
  });

  it('packEvent moves a body to the bucket when the message, as it is sent, would be over 256 KiB', () => {
    const overhead = utf8Bytes(packEvent(heading, Buffer.from('')).message);
    const fits = Buffer.alloc(maxInlineMessageBytes - overhead, 'x');
    const escaped = Buffer.alloc(maxInlineMessageBytes - overhead, '\n');

    expect(packEvent(heading, fits).stored).toBeUndefined();
    expect(packEvent(heading, Buffer.concat([fits, Buffer.from('x')])).stored?.bytes).toHaveLength(
      fits.length + 1,
    );
    expect(packEvent(heading, escaped).stored?.bytes).toEqual(escaped);
  });

  it('packEvent gives equal bodies one key, for any ids', () => {
    const large = Buffer.alloc(300_000, 'x');

    const [one, other] = [packEvent(heading, large), packEvent({ ...heading, id: 'evt_2' }, large)];

    expect(one.stored?.key).toMatch(/^inbound\/stripe\/[0-9a-f]{64}$/);
    expect(other.stored?.key).toBe(one.stored?.key);
  });
});
