import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/** The objects of a bucket, byte for byte, by their keys. */
export type Objects = Map<string, Uint8Array>;

/** A client of S3 in memory. Every read sees every write before it. `s3-contract.ts` holds it to the emulator. */
export function s3InMemory(buckets: Readonly<Record<string, Objects>>): S3Client {
  const bucketOf = (name = ''): Objects => {
    const objects = buckets[name];
    if (objects === undefined) throw new NoSuchBucket({ message: 'there is no such bucket', $metadata: {} });
    return objects;
  };
  const send = async (command: unknown): Promise<object> => answerTo(command, bucketOf);
  return Object.assign(Object.create(S3Client.prototype), { send });
}

function answerTo(command: unknown, bucketOf: (name?: string) => Objects): object {
  if (command instanceof PutObjectCommand) {
    const { Bucket, Key = '', Body } = command.input;
    // A copy: the caller may change its bytes.
    bucketOf(Bucket).set(Key, Uint8Array.from(bytesOf(Body)));
    return {};
  }
  if (command instanceof GetObjectCommand) {
    const { Bucket, Key = '' } = command.input;
    const bytes = bucketOf(Bucket).get(Key);
    if (bytes === undefined) throw new NoSuchKey({ message: 'there is no such object', $metadata: {} });
    return {
      Body: { transformToByteArray: async () => Uint8Array.from(bytes) },
      ContentLength: bytes.byteLength,
    };
  }
  if (command instanceof ListObjectsV2Command) {
    const { Bucket, Prefix = '', MaxKeys = 1_000 } = command.input;
    const keys = [...bucketOf(Bucket).keys()].filter((key) => key.startsWith(Prefix)).toSorted();
    return { Contents: keys.slice(0, MaxKeys).map((Key) => ({ Key })), IsTruncated: keys.length > MaxKeys };
  }
  throw new Error('the stand-in does not know this call of S3');
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new Error('the stand-in takes bytes only');
}
