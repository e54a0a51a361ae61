import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { RefusalRecord, refusalsOf } from '../../domain/refusal-record.ts';
import { payloadStore } from './payload-store.ts';

/**
 * The records of refused requests that are kept of a source, the latest first.
 *
 * A record that does not parse is left out: it is of a later version.
 */
export async function keptRefusals(
  client: S3Client,
  bucket: string,
  source: string,
): Promise<readonly RefusalRecord[]> {
  const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: refusalsOf(source) }));
  const { get } = payloadStore(client, bucket);
  const objects = await Promise.all((listed.Contents ?? []).map(({ Key = '' }) => get(Key)));
  return objects
    .flatMap((bytes) => (bytes === undefined ? [] : [parseRecord(bytes)]))
    .filter((record) => record !== undefined)
    .sort((a, b) => b.at - a.at);
}

function parseRecord(bytes: Uint8Array): RefusalRecord | undefined {
  try {
    const parsed = v.safeParse(RefusalRecord, JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
