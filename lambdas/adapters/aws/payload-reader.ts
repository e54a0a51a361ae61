import type { OutboundEvent } from '../../domain/outbound-event.ts';

/** Reads an event's body from where it is: its item, or the bucket. */
export const payloadReader =
  (
    readEvent: (id: string) => Promise<OutboundEvent | undefined>,
    getBytes: (key: string) => Promise<Uint8Array | undefined>,
  ) =>
  async (id: string): Promise<string | undefined> => {
    const payload = (await readEvent(id))?.payload;
    if (payload === undefined) return undefined;
    if ('text' in payload) return payload.text;
    const bytes = await getBytes(payload.s3Key);
    return bytes && Buffer.from(bytes).toString('utf8');
  };
