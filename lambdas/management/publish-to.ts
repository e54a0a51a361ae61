import type { EndpointId, EventId, TenantId } from '../domain/ids.ts';
import { maxMessageBytes, serialiseMessage, utf8Bytes } from '../domain/messages.ts';
import type { OutboundPorts } from '../outbound/ports.ts';
import type { ManagementPorts } from './ports.ts';
import { Problem } from './problem.ts';

export type PublishToPorts = Pick<OutboundPorts, 'validatePayload'> &
  Pick<ManagementPorts, 'newId' | 'sendPublication'>;

/** A message on the publish queue. */
interface Publication {
  readonly id: EventId;
  readonly type: string;
  readonly data: unknown;
  readonly tenant: TenantId;
  readonly endpoint?: { readonly id: EndpointId; readonly generation?: string };
  readonly byHand?: 'test';
}

/** Puts an event on the publish queue. @throws Problem when it is too large, or its event type refuses its payload */
export async function publishTo(publication: Publication, ports: PublishToPorts) {
  const refused = await ports.validatePayload(publication.type, publication.data);
  if (refused !== undefined) {
    throw new Problem('payload-refused', refused, [{ path: 'data', message: refused }]);
  }
  const body = serialiseMessage(publication);
  const bytes = utf8Bytes(body);
  if (bytes > maxMessageBytes) {
    throw new Problem('too-large', `The event has ${bytes} bytes; at most ${maxMessageBytes} are allowed.`);
  }
  await ports.sendPublication(body);
  return { status: 202, body: { id: publication.id } };
}
