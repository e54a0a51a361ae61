import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkAddress, checkUrl } from '../../lambdas/domain/destination-rules.ts';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import { openPublication, unwrap, withId } from '../../lambdas/domain/publish-message.ts';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 });
const number = fc
  .tuple(fc.boolean(), digits, fc.option(digits), fc.option(fc.integer({ min: -400, max: 400 })))
  .map(([isNegative, whole, fraction, exponent]) =>
    [
      isNegative ? '-' : '',
      whole.replace(/^0+(?=.)/, ''),
      fraction === null ? '' : `.${fraction}`,
      exponent === null ? '' : `e${exponent}`,
    ].join(''),
  );

it('a published payload keeps every number digit by digit', () => {
  fc.assert(
    fc.property(number, (text) => {
      expect(JSON.stringify(parseExactly(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`);
    }),
  );
});

it('a published payload keeps every value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseExactly(text))).toBe(text);
    }),
  );
});

const publication = {
  id: 'inv-42',
  type: 'invoice.paid',
  data: {},
  endpoint: { id: 'acme', url: 'https://acme.example/' },
};
const field = fc.constantFrom(
  'id',
  'type',
  'tenant',
  'data',
  'endpoint',
  'Type',
  'Message',
  'MessageId',
  '__proto__',
  'endpiont',
  '',
);
const hostile = fc.oneof(
  fc.string(),
  fc.json(),
  fc.tuple(field, fc.jsonValue()).map(([name, value]) => JSON.stringify({ ...publication, [name]: value })),
  fc.json().map((inner) => JSON.stringify({ Type: 'Notification', MessageId: 'm', Message: inner })),
  fc.string().map((MessageId) => {
    const { id: _, ...withoutId } = publication;
    return JSON.stringify({ Type: 'Notification', MessageId, Message: JSON.stringify(withoutId) });
  }),
);

it('a publish message never makes the parser throw, and each refusal names a field', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const message = unwrap(text, 'fallback');
      const opened = openPublication(message);
      if (opened.kind === 'unusable') expect(opened.reason).toMatch(/^(it is not valid JSON|.+: )/);
      else expect(opened.publication).toMatchObject({ id: expect.stringMatching(/^[^.\s]+$/) });
      expect(withId(message).id).toMatch(/^[A-Za-z0-9_:/+=@-]{1,256}$/);
    }),
    { numRuns: 2_000 },
  );
});

it('a message that λ publish gave up is redriven as the same event', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uuid(), (data, messageId) => {
      const { id: _, ...withoutId } = publication;
      const { id, message } = withId({ text: JSON.stringify({ ...withoutId, data }), messageId });
      const redriven = openPublication(unwrap(message, 'another-message-id'));

      expect(id).toBe(messageId);
      expect(redriven).toMatchObject({ kind: 'publication', publication: { id: messageId } });
    }),
  );
});

const byte = fc.nat(255);
const privateV4 = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
);

it('an address that is not public is refused in any notation', () => {
  fc.assert(
    fc.property(privateV4, ([a, b, c, d]) => {
      const number = ((a * 256 + b) * 256 + c) * 256 + d;
      const octal = [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.');
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      const hosts = [
        `${a}.${b}.${c}.${d}`,
        `${number}`,
        `0x${number.toString(16)}`,
        octal,
        `${a}.${b}.${c * 256 + d}`,
      ];
      const wrapped = [`::ffff:${hex}`, `64:ff9b::${hex}`, `::${hex}`, `2002:${hex}::1`, `64:ff9b:1::${hex}`];
      const rules = { localEndpoints: false, allowedPorts: [443] };

      for (const host of [...hosts, ...wrapped.map((address) => `[${address}]`)]) {
        expect(checkUrl(`https://${host}/`, rules).ok, host).toBe(false);
      }
      for (const address of wrapped) expect(checkAddress(address).ok, address).toBe(false);
    }),
  );
});
