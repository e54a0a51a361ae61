import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** Payloads too large for a message or a table item, in the stack's bucket, byte for byte. */
export function payloadStore(client: S3Client, bucket: string) {
  /** S3 returns AccessDenied for a missing object to a role that may list its own prefix only. */
  async function isMissing(key: string, error: unknown): Promise<boolean> {
    if (error instanceof NoSuchKey) return true;
    if (!(error instanceof S3ServiceException) || error.name !== 'AccessDenied') return false;
    const listing = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 });
    const { Contents = [] } = await client.send(listing);
    return !Contents.some(({ Key }) => Key === key);
  }

  return {
    async put(key: string, bytes: Uint8Array): Promise<void> {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    },

    /** @returns the bytes, or undefined when there is no such object (never written, or past its lifecycle) */
    async get(key: string): Promise<Uint8Array | undefined> {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (await isMissing(key, error)) return undefined;
        throw error;
      }
    },
  };
}
