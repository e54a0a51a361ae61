import type { Samples } from './sample.ts';

/** Chat, mail, calls, support and social networks. */
export const messagingSamples: Samples = {
  slack: ({ hex, seconds }) => ({
    json: {
      team_id: 'T1',
      api_app_id: 'A1',
      type: 'event_callback',
      event_id: `Ev${hex}`,
      event_time: seconds,
      event: { type: 'app_mention', user: 'U1', text: 'hello' },
    },
  }),
  zoom: ({ at, hex }) => ({
    json: {
      event: 'meeting.started',
      event_ts: at,
      payload: { account_id: 'acc', object: { uuid: hex, topic: 'Standup' } },
    },
  }),
  zendesk: ({ uuid, iso }) => ({
    headers: { 'x-zendesk-webhook-id': 'w1', 'x-zendesk-webhook-invocation-id': uuid },
    json: { id: uuid, type: 'zen:event-type:ticket.created', time: iso, detail: { subject: 'Help' } },
  }),
  intercom: ({ hex, seconds }) => ({
    json: {
      type: 'notification_event',
      id: `notif_${hex}`,
      topic: 'conversation.user.created',
      created_at: seconds,
      data: { item: { type: 'conversation' } },
    },
  }),
  line: ({ hex, at }) => ({
    json: {
      destination: 'U1',
      events: [
        {
          type: 'message',
          webhookEventId: hex,
          timestamp: at,
          message: { type: 'text', id: '1', text: 'hello' },
          deliveryContext: { isRedelivery: false },
        },
      ],
    },
  }),
  postmark: ({ uuid, number, iso }) => ({
    json: { RecordType: 'Bounce', MessageID: uuid, ID: number, Type: 'HardBounce', BouncedAt: iso },
  }),
  twilio: ({ hex }) => ({
    form: {
      MessageSid: `SM${hex}00000000`,
      MessageStatus: 'delivered',
      To: '+18005551212',
      From: '+14158675309',
      AccountSid: 'AC0',
    },
  }),
  sendgrid: ({ hex, seconds }) => ({
    json: [{ email: 'jo@example.com', event: 'delivered', sg_event_id: hex, timestamp: seconds }],
  }),
  mailgun: ({ hex, seconds }) => ({
    json: { 'event-data': { id: hex, event: 'delivered', timestamp: seconds, recipient: 'jo@example.com' } },
  }),
  discord: ({ iso, number }) => ({
    json: {
      version: 1,
      application_id: '1',
      type: 1,
      event: {
        type: 'APPLICATION_AUTHORIZED',
        timestamp: iso,
        data: { user: { id: String(number) }, scopes: [] },
      },
    },
  }),
  meta: ({ hex, seconds }) => ({
    json: {
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                messages: [
                  { from: '491701234567', id: `wamid.${hex}`, timestamp: String(seconds), type: 'text' },
                ],
              },
            },
          ],
        },
      ],
    },
  }),
  twitch: ({ iso }) => ({
    headers: {
      'twitch-eventsub-message-type': 'notification',
      'twitch-eventsub-subscription-type': 'stream.online',
      'twitch-eventsub-subscription-version': '1',
    },
    json: {
      subscription: { id: 's1', status: 'enabled', type: 'stream.online', version: '1' },
      event: { broadcaster_user_id: '1', type: 'live', started_at: iso },
    },
  }),
  x: ({ uuid }) => ({
    json: { data: { event_type: 'profile.update.bio', event_uuid: uuid, payload: { after: 'A mug' } } },
  }),
  customerio: ({ hex, seconds }) => ({
    json: {
      event_id: hex,
      object_type: 'email',
      metric: 'delivered',
      timestamp: seconds,
      data: { identifiers: { id: '42', email: 'jo@example.com' }, delivery_id: hex },
    },
  }),
  mandrill: ({ hex, seconds }) => ({
    form: {
      mandrill_events: JSON.stringify([
        { event: 'send', ts: seconds, _id: hex, msg: { _id: hex, email: 'jo@example.com', state: 'sent' } },
      ]),
    },
  }),
  nylas: ({ uuid, seconds }) => ({
    json: {
      specversion: '1.0',
      type: 'message.created',
      source: '/google/emails/realtime',
      id: uuid,
      time: seconds,
      data: {
        application_id: 'a1',
        object: { grant_id: 'g1', id: 'm1', object: 'message', subject: 'Hello' },
      },
    },
  }),
  telegram: ({ number, seconds }) => ({
    json: {
      update_id: number,
      message: { message_id: 1, date: seconds, chat: { id: 1, type: 'private' }, text: 'hello' },
    },
  }),
  telnyx: ({ uuid, iso }) => ({
    json: {
      data: {
        record_type: 'event',
        event_type: 'message.received',
        id: uuid,
        occurred_at: iso,
        payload: { id: 'm1', text: 'hello', from: { phone_number: '+13125550001' } },
      },
      meta: { attempt: 1, delivered_to: 'https://example.com/webhooks' },
    },
  }),
  tiktok: ({ hex, seconds }) => ({
    json: {
      client_key: 'bwo2m45353a6k85',
      event: 'video.publish.completed',
      create_time: seconds,
      user_openid: `act.${hex}`,
      content: `{"share_id":"${hex}"}`,
    },
  }),
  hubspot: ({ number, at }) => ({
    json: [
      {
        eventId: number,
        subscriptionId: 1,
        portalId: 2,
        appId: 3,
        occurredAt: at,
        subscriptionType: 'contact.creation',
        attemptNumber: 0,
        objectId: 4,
      },
    ],
  }),
};
