import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Payloads too large for a message or a table item, in the stack's bucket, byte for byte. */
export function payloadStore(client: S3Client, bucket: string) {
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
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}
