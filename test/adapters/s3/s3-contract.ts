import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { keptRefusals } from '../../../lambdas/adapters/s3/kept-refusals.ts';
import { payloadStore } from '../../../lambdas/adapters/s3/payload-store.ts';

/** An S3 under the contract, with an empty prefix of its own for each test. */
export interface TestedS3 {
  readonly client: S3Client;
  readonly bucket: string;
}

const record = (at: number) => ({
  v: 1,
  source: 's',
  at,
  status: 401,
  error: 'e',
  reason: 'r',
  correlationId: 'c',
  sourceIp: '192.0.2.1',
  method: 'POST',
  path: '/a',
  headerNames: [],
  bodyBytes: 0,
  bodySha256: 'h',
});

/** What the adapters, and the tests on the stand-in, rely on of a bucket. They use no conditional puts and no metadata. */
export function s3Contract(name: string, start: () => Promise<TestedS3>): void {
  const setUp = async () => {
    const { client, bucket } = await start();
    return { client, bucket, ...payloadStore(client, bucket), prefix: `inbound/${crypto.randomUUID()}/` };
  };

  describe(`S3: ${name}`, () => {
    it.each([
      ['text', Buffer.from('{"a":"é😀"}')],
      ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
      ['nothing', Buffer.alloc(0)],
      ['gzip', Buffer.from('1f8b0800000000000003ab56aa050043bfa6a302000000', 'hex')],
    ])('an object with %s is read byte for byte', async (_what, bytes) => {
      const { put, get, prefix } = await setUp();

      await put(`${prefix}a`, bytes);

      expect(Buffer.from((await get(`${prefix}a`)) ?? 'none')).toEqual(bytes);
    });

    it('an object of 6 MiB is read byte for byte', async () => {
      const { put, get, prefix } = await setUp();
      const bytes = Buffer.alloc(6 * 1024 * 1024, 'abcdefg');

      await put(`${prefix}a`, bytes);

      expect(bytes.equals((await get(`${prefix}a`)) ?? Buffer.alloc(0))).toBe(true);
    });

    it('a missing object is undefined, also beside one whose key begins with its key', async () => {
      const { put, get, prefix } = await setUp();
      await put(`${prefix}ab`, Buffer.from('x'));

      expect(await get(`${prefix}a`)).toBeUndefined();
    });

    it('an object that is put again has its last content, in the very next read', async () => {
      const { put, get, prefix } = await setUp();

      for (const content of ['first', 'second', '']) {
        await put(`${prefix}a`, Buffer.from(content));
        expect(Buffer.from((await get(`${prefix}a`)) ?? 'none').toString()).toBe(content);
      }
    });

    it('a caller that changes its bytes afterwards does not change the object', async () => {
      const { put, get, prefix } = await setUp();
      const bytes = Buffer.from('abc');

      await put(`${prefix}a`, bytes);
      bytes.fill('x');
      (await get(`${prefix}a`))?.fill(0);

      expect(Buffer.from((await get(`${prefix}a`)) ?? 'none').toString()).toBe('abc');
    });

    it.each(['a b', 'ä', 'a+b', 'a%2Fb', 'a#b?c', "a'(b)"])(
      'a key with %s is found as it was put',
      async (key) => {
        const { put, get, prefix } = await setUp();

        await put(prefix + key, Buffer.from('x'));

        expect(await get(prefix + key)).toBeDefined();
      },
    );

    it('the objects of a prefix are listed, and no others', async () => {
      const { client, bucket, put } = await setUp();
      const source = `s-${crypto.randomUUID()}`;
      const put1 = (key: string, at: number) => put(key, Buffer.from(JSON.stringify(record(at))));
      await put1(`inbound/${source}/refused/01`, 1);
      await put1(`inbound/${source}/refused/02`, 2);
      await put1(`inbound/${source}-other/refused/01`, 3);

      const kept = await keptRefusals(client, bucket, source);

      expect(kept.map(({ at }) => at)).toEqual([2, 1]);
    });

    it('a bucket that does not exist is an error, and no missing object', async () => {
      const { client } = await setUp();

      await expect(payloadStore(client, 'no-bucket-of-ours').get('a')).rejects.toThrow();
      await expect(payloadStore(client, 'no-bucket-of-ours').put('a', Buffer.from('x'))).rejects.toThrow();
    });
  });
}
