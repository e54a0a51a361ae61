import { bytesOf, headingOf, packEvent, ReceivedMessage } from '../domain/event.ts';
import { type EventRecord, eventKey, isLeased, type KeptPlace, sourceIn } from '../domain/idempotency.ts';
import type { KeptStatus } from '../domain/kept-events.ts';
import { parseMessage } from '../domain/messages.ts';
import { bodyHash } from '../domain/provider/body-hash.ts';
import { AlteredBodyError, type GetObject, readStored } from '../domain/stored-body.ts';
import { readStoredText } from '../domain/stored-text.ts';
import { keptPrefix, payloadPrefixes } from '../domain/tables.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { InboundPorts } from './ports.ts';

export type InboundReplayPorts = Pick<InboundPorts, 'inboundEvents' | 'getBody' | 'putBody' | 'enqueueFor'>;

/** The result of a replay. */
export type InboundReplay =
  | { readonly kind: 'replayed'; readonly eventType: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Puts a failed or ignored event back on its source's queue. Its first queue message need not exist any more.
 *
 * The record stays as it is: the consumer lets a new message claim a failed event again. The body is kept until the event
 * is processed, so a replay whose message is lost can be repeated.
 *
 * @param id `source#eventId`
 */
export async function replayEvent(
  id: string,
  now: UnixMillis,
  ports: InboundReplayPorts,
): Promise<InboundReplay> {
  const record = await ports.inboundEvents.readRecord(id);
  if (record === undefined) return refused(`there is no event ${id}`);
  if (record.status === 'processed') return refused(`${id} is processed; its handler runs once`);
  if (isLeased(record, now)) return refused(`${id} is being processed now`);
  const { keptMessage, keptBody } = record;
  if (keptMessage === undefined && keptBody === undefined)
    return refused(`${id} is ${record.status}: its message is still queued`);
  try {
    return await enqueueAgain(record, ports);
  } catch (error) {
    if (error instanceof AlteredBodyError) return refused(`${id}: ${error.message}`);
    throw error;
  }
}

async function enqueueAgain(record: EventRecord, ports: InboundReplayPorts): Promise<InboundReplay> {
  const { id } = record;
  const kept = await readKept(record, ports.getBody);
  if (kept === undefined) return refused(`the body of ${id} is past its retention`);
  const message = parseMessage(ReceivedMessage, 'kept event', kept);
  if (eventKey(message.source, message.id) !== id)
    throw new AlteredBodyError('another event was kept in its place');
  const body = await bytesOf(message, ports.getBody);
  if (body === undefined) return refused(`the body of ${id} is past its retention`);
  const packed = packEvent(headingOf(message), body);
  if (packed.stored) await ports.putBody(packed.stored.key, packed.stored.bytes);
  const { source, type } = message;
  await ports.enqueueFor(source, { body: packed.message, attributes: { source, eventType: type } });
  return { kind: 'replayed', eventType: type };
}

/**
 * Reads the message of a kept event, as it was on the queue.
 *
 * @returns undefined when it is past its retention
 * @throws AlteredBodyError when the kept event is not the one that was stored
 */
export async function readKept(
  { id, keptMessage, keptBody: key = '' }: EventRecord,
  get: GetObject,
): Promise<string | undefined> {
  if (keptMessage !== undefined) return readStoredText(keptMessage);
  const source = sourceIn(id);
  // Version 0.1.0 named the object by the event's id, so there is no hash to check. Such objects expire after 35 days.
  const early = `${payloadPrefixes.inbound}kept/${source}/${bodyHash(Buffer.from(id))}`;
  const content = await (key === early ? get(key) : readStored(key, keptPrefix(source), get));
  return content && Buffer.from(content).toString('utf8');
}

const refused = (reason: string): InboundReplay => ({ kind: 'refused', reason });

/** A page of kept events. `next` is set when more may follow. */
export interface KeptPage {
  readonly records: readonly EventRecord[];
  readonly next?: KeptPlace;
}

/**
 * Lists the failed and ignored events of a source whose bodies were kept on a day.
 *
 * @param day `YYYY-MM-DD`, in UTC
 * @param status only those that ended so
 */
export async function keptEvents(
  { source, day, status }: { readonly source: string; readonly day: string; readonly status?: KeptStatus },
  { limit, after }: { readonly limit: number; readonly after?: KeptPlace },
  { inboundEvents }: Pick<InboundPorts, 'inboundEvents'>,
): Promise<KeptPage> {
  const { ids, next } = await inboundEvents.listKept({ keptDay: `${source}#${day}`, status }, limit, after);
  const read = await Promise.all(ids.map((id) => inboundEvents.readRecord(id)));
  const records = read.filter((record) => record !== undefined);
  return { records: records.filter((record) => status === undefined || record.status === status), next };
}
