import type { Samples } from './sample.ts';

/** Documents, forms, boards, content, media and models. */
export const officeSamples: Samples = {
  typeform: ({ hex, iso }) => ({
    json: {
      event_id: hex,
      event_type: 'form_response',
      form_response: { form_id: 'f1', submitted_at: iso, answers: [] },
    },
  }),
  calendly: ({ iso, uuid }) => ({
    json: { event: 'invitee.created', created_at: iso, payload: { uri: uuid, email: 'jo@example.com' } },
  }),
  airtable: ({ hex, iso }) => ({
    json: { base: { id: 'app1' }, webhook: { id: `ach${hex}` }, timestamp: iso },
  }),
  webflow: ({ hex, iso }) => ({
    json: { triggerType: 'form_submission', payload: { id: hex, submittedAt: iso } },
  }),
  dropbox: () => ({
    json: { list_folder: { accounts: ['dbid:1'] }, delta: { users: [1] } },
  }),
  trello: ({ hex, iso }) => ({
    json: {
      action: { id: hex, type: 'updateCard', date: iso, data: {} },
      model: { id: 'b1' },
      webhook: { id: 'w1' },
    },
  }),
  docusign: ({ uuid, iso }) => ({
    json: {
      event: 'envelope-completed',
      apiVersion: 'v2.1',
      retryCount: 0,
      generatedDateTime: iso,
      data: { accountId: 'a1', envelopeId: uuid },
    },
  }),
  asana: ({ iso, number }) => ({
    json: {
      events: [
        {
          action: 'added',
          created_at: iso,
          resource: { gid: String(number), resource_type: 'task' },
          parent: null,
        },
      ],
    },
  }),
  box: ({ uuid, iso }) => ({
    headers: { 'box-delivery-id': uuid },
    json: { type: 'webhook_event', id: uuid, created_at: iso, trigger: 'FILE.UPLOADED' },
  }),
  contentful: ({ hex }) => ({
    headers: { 'x-contentful-topic': 'ContentManagement.Entry.publish' },
    json: { sys: { type: 'Entry', id: hex, version: 3 }, fields: {} },
    contentType: 'application/vnd.contentful.management.v1+json; charset=UTF-8',
  }),
  monday: ({ uuid }) => ({
    json: { event: { type: 'create_pulse', triggerUuid: uuid, boardId: 1, pulseName: 'A mug' } },
  }),
  notion: ({ uuid, iso }) => ({
    json: {
      id: uuid,
      timestamp: iso,
      workspace_id: 'w1',
      type: 'page.content_updated',
      attempt_number: 1,
      entity: { id: 'p1', type: 'page' },
    },
  }),
  msgraph: ({ uuid }) => ({
    json: {
      value: [
        {
          id: uuid,
          subscriptionId: 's1',
          changeType: 'created',
          resource: 'me/messages/1',
          tenantId: 't1',
        },
      ],
    },
  }),
  openai: ({ hex, seconds }) => ({
    json: {
      object: 'event',
      id: `evt_${hex}`,
      type: 'response.completed',
      created_at: seconds,
      data: { id: 'resp_1' },
    },
  }),
  replicate: ({ hex, iso }) => ({
    json: { id: hex, status: 'succeeded', created_at: iso, output: ['https://example.com/mug.png'] },
  }),
  elevenlabs: ({ hex, seconds }) => ({
    json: { type: 'post_call_transcription', event_timestamp: seconds, data: { conversation_id: hex } },
  }),
  mux: ({ uuid, iso }) => ({
    json: {
      type: 'video.asset.ready',
      id: uuid,
      created_at: iso,
      environment: { name: 'Development', id: 'e1' },
      data: { status: 'ready' },
    },
  }),
  'standard-webhooks': ({ iso }) => ({
    json: { type: 'invoice.paid', timestamp: iso, data: { amount: 1200 } },
  }),
  sanity: ({ uuid, hex }) => ({
    headers: {
      'idempotency-key': uuid,
      'sanity-operation': 'update',
      'sanity-document-id': hex,
      'sanity-dataset': 'production',
    },
    json: { _id: hex, _type: 'product', _rev: uuid, title: 'A mug' },
  }),
  'cal-com': ({ hex, iso }) => ({
    json: { triggerEvent: 'BOOKING_CREATED', createdAt: iso, payload: { uid: hex, title: '30min' } },
  }),
  attio: ({ uuid }) => ({
    headers: { 'idempotency-key': uuid },
    json: {
      webhook_id: uuid,
      events: [
        { event_type: 'record.created', id: { workspace_id: 'w1', object_id: 'o1', record_id: uuid } },
      ],
    },
  }),
  persona: ({ hex, iso }) => ({
    json: {
      data: {
        type: 'event',
        id: `evt_${hex}`,
        attributes: {
          name: 'inquiry.approved',
          'created-at': iso,
          payload: { data: { type: 'inquiry', id: `inq_${hex}` } },
        },
      },
    },
  }),
  strava: ({ number, seconds }) => ({
    json: {
      object_type: 'activity',
      object_id: number,
      aspect_type: 'create',
      event_time: seconds,
      owner_id: 134_815,
      subscription_id: 0,
      updates: {},
    },
  }),
};
