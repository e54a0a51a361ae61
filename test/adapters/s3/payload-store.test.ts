import { NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, test, vi } from 'vitest';
import { payloadStore } from '../../../lambdas/adapters/s3/payload-store.ts';

const denied = new S3ServiceException({ name: 'AccessDenied', $fault: 'client', $metadata: {} });

/** A bucket whose objects may not be read, and its listing. */
function store(refusal: Error, listed: readonly string[] | Error) {
  const client = new S3Client({ region: 'eu-central-1' });
  const asked: object[] = [];
  vi.spyOn(client, 'send').mockImplementation(async ({ input }: { input: object }) => {
    asked.push(input);
    if (!('Prefix' in input)) throw refusal;
    if (listed instanceof Error) throw listed;
    return { Contents: listed.map((Key) => ({ Key })) };
  });
  return { ...payloadStore(client, 'bucket'), asked };
}

test('a missing object is undefined', async () => {
  const { get, asked } = store(new NoSuchKey({ message: '', $metadata: {} }), denied);

  expect(await get('inbound/git/x')).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('an object that S3 forbids is undefined if it is missing, since the role may not list the whole bucket', async () => {
  const { get, asked } = store(denied, ['inbound/git/x2']);

  expect(await get('inbound/git/x')).toBeUndefined();
  expect(asked[1]).toEqual({ Bucket: 'bucket', Prefix: 'inbound/git/x', MaxKeys: 1 });
});

test('an object that exists and is forbidden is an error, and so is a forbidden list', async () => {
  await expect(store(denied, ['inbound/git/x']).get('inbound/git/x')).rejects.toBe(denied);
  await expect(store(denied, denied).get('inbound/git/x')).rejects.toBe(denied);
});

test.each([
  ['throttled', new S3ServiceException({ name: 'SlowDown', $fault: 'server', $metadata: {} })],
  [
    'in a bucket that is gone',
    new S3ServiceException({ name: 'NoSuchBucket', $fault: 'client', $metadata: {} }),
  ],
  ['not answered', new Error('socket hang up')],
])('a read that is %s is an error, not a missing object, which would be given up', async (_what, error) => {
  const { get, asked } = store(error, []);

  await expect(get('inbound/git/x')).rejects.toBe(error);
  expect(asked).toHaveLength(1);
});
