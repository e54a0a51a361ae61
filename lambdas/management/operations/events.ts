import { asEventId } from '../../domain/ids.ts';
import type { Publication } from '../../domain/publish-message.ts';
import {
  addressOfEndpoint,
  type PreviewPorts,
  type PublicationPreview,
  previewPublication,
} from '../../outbound/publish/preview-publication.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { type PublishToPorts, publishTo } from '../publish-to.ts';
import { PublishBody, PublishedView, TenantParams } from '../schemas.ts';

export type EventPorts = PublishToPorts & PreviewPorts;

export const publishEvent = operation(
  {
    id: 'publishEvent',
    method: 'POST',
    path: '/v1/tenants/{tenant}/events',
    tag: 'Events',
    summary:
      'Publishes an event to the tenant or one of its endpoints; repeating an id sends only missing deliveries',
    params: TenantParams,
    body: PublishBody,
    exactField: 'data',
    responses: {
      200: {
        description: 'The event is already published, and no delivery is missing',
        schema: PublishedView,
      },
      202: { description: 'Accepted: it is on the publish queue', schema: PublishedView },
    },
  },
  async ({ params: { tenant }, body }, ports: EventPorts) => {
    const { type, data, endpointId } = body;
    const id = body.id ?? asEventId(ports.newId('evt'));
    const to: Publication['to'] =
      endpointId === undefined ? { kind: 'tenant' } : { kind: 'endpoint', id: endpointId };
    // Without the preview only the publish DLQ or a log line would show these outcomes.
    const foreseen = await previewPublication({ id, type, data, tenant, to }, body.id === undefined, ports);
    const notice = noticeOf(foreseen);
    if (foreseen.kind === 'repeated') return { status: 200, body: { id, repeated: true, notice } };
    const { endpoint = undefined } = foreseen.kind === 'sends' ? foreseen : {};
    const address = endpoint && { endpoint: addressOfEndpoint(endpoint) };
    const { status } = await publishTo({ id, type, data, tenant, ...address }, ports);
    return {
      status,
      body: {
        id,
        repeated: (foreseen.kind === 'sends' && foreseen.isRepeated) || undefined,
        unmatched: foreseen.kind === 'unmatched' || undefined,
        willBeHeld: endpoint?.status === 'disabled' || undefined,
        notice,
      },
    };
  },
);

/** The notice for a person. @throws Problem when the event cannot be published */
function noticeOf(foreseen: PublicationPreview): string | undefined {
  switch (foreseen.kind) {
    case 'no-endpoint':
      throw new Problem('not-found', `${foreseen.reason}.`);
    case 'conflict':
      throw new Problem('conflict', `${foreseen.reason}.`);
    case 'repeated':
    case 'unmatched':
      return `${foreseen.reason}.`;
    case 'sends':
      return foreseen.endpoint?.status === 'disabled'
        ? `${foreseen.endpoint.id} is disabled: the event is held until it is enabled.`
        : undefined;
  }
}
