import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { parseJson } from '../../domain/json.ts';
import { RefusalRecord, refusalsOf } from '../../domain/refusal-record.ts';
import { payloadStore } from './payload-store.ts';

/**
 * Reads a source's records of refused requests, the latest first.
 *
 * Omits a record that does not parse, since a later version wrote it.
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
  const parsed = v.safeParse(RefusalRecord, parseJson(Buffer.from(bytes).toString('utf8')));
  return parsed.success ? parsed.output : undefined;
}
