import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadReader } from '../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import { type OutboundEvent, payloadKey } from '../../lambdas/domain/outbound-event.ts';
import { AlteredBodyError, readStored } from '../../lambdas/domain/stored-body.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const prefix = 'inbound/git/';

test('a body is read only if its bytes match its key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (stored, other) => {
      const key = `${prefix}${sha256(stored)}`;
      expect(await readStored(key, prefix, async () => stored)).toBe(stored);
      if (Buffer.from(stored).equals(other)) return;
      await expect(readStored(key, prefix, async () => other)).rejects.toThrow(AlteredBodyError);
    }),
  );
});

test('a body that is gone is undefined', async () => {
  expect(await readStored(`${prefix}${sha256('')}`, prefix, async () => undefined)).toBeUndefined();
});

test.each([
  ['another source’s', `inbound/git-hub/${sha256('x')}`],
  ['one that begins alike', `inbound/github${sha256('x')}`],
  ['a way out', `inbound/git/../git-hub/${sha256('x')}`],
  ['a deeper one', `inbound/git/kept/${sha256('x')}`],
  ['what is sent', `outbound/${sha256('x')}`],
  ['no hash', 'inbound/git/x'],
  ['a hash in capitals', `inbound/git/${sha256('x').toUpperCase()}`],
  ['nothing', ''],
])('a body is not read by a wrong key: %s', async (_what, key) => {
  const get = async () => {
    throw new Error('it was looked for');
  };

  await expect(readStored(key, prefix, get)).rejects.toThrow(AlteredBodyError);
});

test('a payload is sent as it was published, or not at all', async () => {
  const s3Key = payloadKey('acme#1', 'text');
  const read = (key: string, stored: string) =>
    payloadReader(
      async () => ({ payload: { s3Key: key } }) as OutboundEvent,
      async () => Buffer.from(stored),
    )('acme#1');

  expect(await read(s3Key, 'text')).toBe('text');
  await expect(read(s3Key, 'other')).rejects.toThrow(AlteredBodyError);
  await expect(read(payloadKey('acme#2', 'text'), 'text')).rejects.toThrow(AlteredBodyError);
});
