import { maxMessageBytes, serialiseMessage, utf8Bytes } from '../domain/messages.ts';
import { Problem } from './problem.ts';

/** What publishing needs of the outside world. */
export interface PublishPorts {
  newId(prefix: string): string;
  /** To the publish queue. */
  sendPublication(body: string): Promise<void>;
  /** What is wrong with a payload, by its event type's schema; undefined: nothing, or nothing is checked. */
  refusalOfPayload(type: string, data: unknown): Promise<string | undefined>;
}

/** What is sent to the publish queue. */
interface Publication {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly tenant: string;
  readonly endpoint?: { readonly id: string; readonly generation?: string };
  readonly byHand?: 'test';
}

/** Puts an event on the publish queue. @throws Problem when it is too large, or its payload is refused */
export async function publishTo(publication: Publication, ports: PublishPorts) {
  const refused = await ports.refusalOfPayload(publication.type, publication.data);
  if (refused !== undefined) {
    throw new Problem('payload-refused', refused, [{ path: 'data', message: refused }]);
  }
  const body = serialiseMessage(publication);
  const bytes = utf8Bytes(body);
  if (bytes > maxMessageBytes) {
    throw new Problem('too-large', `The event has ${bytes} bytes, and ${maxMessageBytes} are the most.`);
  }
  await ports.sendPublication(body);
  return { status: 202, body: { id: publication.id } };
}
