import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { postSigned } from './support/senders.ts';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const bodies: readonly [string, Uint8Array<ArrayBuffer>, string][] = [
  ['900 kB of JSON with emoji', utf8(JSON.stringify({ text: '🎉 Zoë '.repeat(82_000) })), 'application/json'],
  ['3 MB of JSON', utf8(JSON.stringify({ text: 'x"\n'.repeat(600_000) })), 'application/json'],
  [
    '3 MB of bytes',
    new Uint8Array(3_000_000).map((_, index) => (index * 7919) % 256),
    'application/octet-stream',
  ],
  [
    'U+FFFE, U+FFFF, controls and NULs',
    utf8('\ufeff{"a":"\ufffe\uffff\u0000\u0001\u007f"}\u0000'),
    'application/json',
  ],
  ['a form', utf8('a=1&b=%F0%9F%8E%89&c=+x'), 'application/x-www-form-urlencoded'],
  [
    'bytes that are no UTF-8',
    new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80]),
    'application/octet-stream',
  ],
  ['nothing at all', new Uint8Array(0), 'application/octet-stream'],
];

describeFlow('A body', (stack) => {
  it.each(bodies)(
    'a body of %s arrives whole at the handler, byte for byte',
    async (_, body, contentType) => {
      const id = crypto.randomUUID();

      const answer = await postSigned(stack, 'plain', { id, type: 'body.sent', contentType }, body);

      expect(answer.status).toBe(200);
      const [call] = await eventually('the handler to run', async () => {
        const calls = await stack.handlerCalls(id);
        return calls.length > 0 && calls;
      });
      expect(call).toMatchObject({ bytes: body.byteLength, sha256: sha256(body) });
    },
  );

  it('a body of 5 MB gets a 413 and is not enqueued', async () => {
    const id = crypto.randomUUID();

    const answer = await postSigned(
      stack,
      'plain',
      { id, type: 'body.sent' },
      new Uint8Array(5_000_000).fill(0x20),
    );

    expect([answer.status, await answer.json()]).toEqual([413, { error: 'payload_too_large' }]);
    expect(await stack.handlerCalls(id)).toEqual([]);
    expect(await stack.inboundEvent('plain', id)).toBeUndefined();
  });
});
