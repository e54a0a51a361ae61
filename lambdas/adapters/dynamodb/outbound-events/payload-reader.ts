import { type OutboundEvent, payloadPrefixOf } from '../../../domain/outbound-event.ts';
import { type GetObject, readStored } from '../../../domain/stored-body.ts';

/**
 * Reads an event's body from its item or the bucket. Everything that sends or shows a stored payload reads it here.
 *
 * Throws AlteredBodyError when the object in the bucket is not the published body, or the one in the item is damaged.
 */
export const payloadReader =
  (readEvent: (id: string) => Promise<OutboundEvent | undefined>, getBytes: GetObject) =>
  async (id: string): Promise<string | undefined> => {
    const payload = (await readEvent(id))?.payload;
    if (payload === undefined) return undefined;
    if ('text' in payload) return payload.text;
    if ('damage' in payload) throw payload.damage;
    const bytes = await readStored(payload.s3Key, payloadPrefixOf(id), getBytes);
    return bytes && Buffer.from(bytes).toString('utf8');
  };
