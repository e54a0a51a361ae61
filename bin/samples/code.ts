import type { Samples } from './sample.ts';

/** Code, builds, issues and operations. */
export const codeSamples: Samples = {
  github: ({ uuid }) => ({
    headers: { 'x-github-event': 'push', 'x-github-delivery': uuid },
    json: {
      ref: 'refs/heads/main',
      after: '1f2e3d4c5b6a79880716253443526170f0e1d2c3',
      deleted: false,
      repository: { full_name: 'acme/shop', default_branch: 'main' },
      commits: [],
    },
  }),
  gitlab: ({ uuid }) => ({
    headers: { 'x-gitlab-event': 'Push Hook', 'idempotency-key': uuid },
    json: {
      object_kind: 'push',
      event_name: 'push',
      ref: 'refs/heads/main',
      project: { path_with_namespace: 'acme/shop' },
    },
  }),
  bitbucket: ({ uuid }) => ({
    headers: { 'x-event-key': 'repo:push', 'x-request-uuid': uuid, 'x-attempt-number': '1' },
    json: { repository: { full_name: 'acme/shop' }, push: { changes: [] } },
  }),
  jira: ({ uuid, at }) => ({
    headers: { 'x-atlassian-webhook-identifier': uuid },
    json: { timestamp: at, webhookEvent: 'jira:issue_updated', issue: { key: 'SHOP-1' } },
  }),
  linear: ({ uuid, at }) => ({
    headers: { 'linear-delivery': uuid, 'linear-event': 'Issue' },
    json: {
      action: 'create',
      type: 'Issue',
      data: { id: uuid, title: 'A mug is broken' },
      webhookTimestamp: at,
      webhookId: uuid,
    },
  }),
  circleci: ({ uuid, iso }) => ({
    headers: { 'circleci-event-type': 'workflow-completed' },
    json: { id: uuid, type: 'workflow-completed', happened_at: iso, workflow: { status: 'success' } },
  }),
  sentry: ({ uuid, seconds }) => ({
    headers: {
      'sentry-hook-resource': 'issue',
      'sentry-hook-timestamp': String(seconds),
      'request-id': uuid,
    },
    json: { action: 'created', data: { issue: { id: uuid, title: 'TypeError' } } },
  }),
  pagerduty: ({ hex, iso }) => ({
    json: {
      event: {
        id: hex,
        event_type: 'incident.triggered',
        occurred_at: iso,
        data: { id: 'P1', type: 'incident', title: 'The shop is down' },
      },
    },
  }),
  vercel: ({ hex, at }) => ({
    json: { id: hex, type: 'deployment.succeeded', createdAt: at, payload: { deployment: { name: 'shop' } } },
  }),
  heroku: ({ uuid, iso }) => ({
    json: { id: uuid, created_at: iso, action: 'update', resource: 'release', data: { status: 'succeeded' } },
  }),
  sns: ({ uuid, iso }) => ({
    json: {
      Type: 'Notification',
      MessageId: uuid,
      TopicArn: 'arn:aws:sns:eu-central-1:111122223333:orders',
      Message: '{"order":42}',
      Timestamp: iso,
      SignatureVersion: '2',
    },
    contentType: 'text/plain; charset=UTF-8',
  }),
  fusionauth: ({ uuid, at }) => ({
    json: { event: { id: uuid, type: 'user.create', createInstant: at, user: { email: 'jo@example.com' } } },
  }),
  okta: ({ uuid, iso }) => ({
    json: {
      eventType: 'com.okta.event_hook',
      eventTime: iso,
      data: { events: [{ uuid, eventType: 'user.lifecycle.create', published: iso }] },
    },
  }),
  workos: ({ hex, iso }) => ({
    json: { id: `event_${hex}`, event: 'dsync.user.created', data: { id: 'user_1' }, created_at: iso },
  }),
  buildkite: ({ uuid, number }) => ({
    headers: { 'x-buildkite-event': 'build.finished', 'x-buildkite-request': uuid },
    json: {
      event: 'build.finished',
      build: { id: uuid, number, state: 'passed', branch: 'main' },
      pipeline: { slug: 'shop' },
      sender: { name: 'Jo' },
    },
  }),
  launchdarkly: ({ hex, at }) => ({
    json: {
      _id: hex,
      date: at,
      kind: 'flag',
      name: 'New checkout',
      accesses: [{ action: 'updateOn', resource: 'proj/shop:env/production:flag/new-checkout' }],
    },
  }),
  supabase: ({ uuid, iso }) => ({
    json: {
      metadata: { uuid, time: iso, name: 'after-user-created', ip_address: '192.0.2.1' },
      user: { id: uuid, email: 'jo@example.com' },
    },
  }),
};
