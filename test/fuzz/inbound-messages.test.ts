import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  type EventHeading,
  inlineMessage,
  ReceivedMessage,
  withWait,
} from '../../lambdas/domain/event.ts';
import { parseMessage, serialiseMessage } from '../../lambdas/domain/messages.ts';
import { sliceJsonArray } from '../../lambdas/domain/provider/json-slices.ts';
import { parsePayload } from '../../lambdas/domain/provider/payload.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';

const heading: EventHeading = {
  v: 1,
  source: 'stripe',
  provider: 'stripe',
  id: 'evt_1',
  type: 'invoice.paid',
  receivedAt: 0,
  correlationId: 'r',
  headers: {},
};

/** What SQS takes. */
const sqsText = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

describe('queue messages', () => {
  it('queue messages keep every code point through what SQS accepts', () => {
    for (let code = 0; code <= 0x10ffff; code += 1024) {
      const text = String.fromCodePoint(...Array.from({ length: 1024 }, (_, offset) => code + offset));

      const message = serialiseMessage({ text });

      expect(sqsText.test(message)).toBe(true);
      expect(JSON.parse(message).text === text).toBe(true);
    }
  });

  it('queue messages are the same after a wait, and are sent back in what SQS accepts', () => {
    const wait = { after: 'i/m', notBefore: 1_795_000_000_000, origin: 'm' };
    const text = fc.string({ unit: 'binary' });
    const headers = fc.dictionary(fc.oneof(text, fc.constant('__proto__')), text);

    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), headers, (bytes, given) => {
        const message = inlineMessage({ ...heading, headers: given }, bytes);
        const waiting = withWait(withWait(message, wait), wait);

        expect(parseMessage(ReceivedMessage, 'message', waiting).wait).toEqual(wait);
        expect(sqsText.test(waiting)).toBe(true);
        expect(withWait(waiting, undefined)).toBe(message);
      }),
      { numRuns: 1000 },
    );
  });

  it('queue messages keep every body byte for byte', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
    );

    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const message = parseMessage(ReceivedMessage, 'message', inlineMessage(heading, bytes));
        const found = await bytesOf(message, async () => undefined);
        return found !== undefined && Buffer.from(bytes).equals(found);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a batch', () => {
  it('a batch is cut into the raw bytes of its elements, in any notation', () => {
    const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
    const element = fc
      .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat({ max: 4 }))
      .map(([value, indent]) => JSON.stringify(value, null, indent));
    const batch = fc.array(fc.tuple(space, element, space), { maxLength: 8 });

    fc.assert(
      fc.property(batch, space, (parts, outside) => {
        const json = `${outside}[${parts.map((part) => part.join('')).join(',')}]${outside}`;
        const slices = sliceJsonArray(Buffer.from(json)).map((slice) => Buffer.from(slice).toString());
        expect(slices).toEqual(parts.map(([, text]) => text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('parsers of foreign texts', () => {
  it('parsers of foreign texts never throw', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json());

    fc.assert(
      fc.property(text, text, (one, other) => {
        for (const format of ['json', 'json-or-form', 'json-or-fields', 'any'] as const) {
          parsePayload(Buffer.from(one), format);
          parsePayload(Buffer.from(`payload=${other}`), format);
        }
        for (const format of [
          'text',
          'base64',
          'standard-webhooks',
          'whsec',
          'token',
          'basic',
          'token-or-whsec',
        ] as const) {
          parseSecretValue(one, format);
          parseSecretValue(`whpk_${one}`, format);
          parseSecretValue(`{"keys":${one}}`, format);
        }
      }),
    );
  });
});
