import type { Provider } from '../provider.ts';
import {
  body,
  fields,
  first,
  hash,
  header,
  hmacSha1Hex,
  hmacSha256Base64,
  hmacSha256Hex,
  joined,
  single,
  standardWebhooks,
  tokenIn,
} from './words.ts';

/** Code, builds, issues and operations. */
export const codeProviders = {
  /**
   * A signing token (`whsec_…`) verifies signatures only, a secret token only itself.
   *
   * @see https://docs.gitlab.com/user/project/integrations/webhooks/
   */
  gitlab: {
    secret: 'token-or-whsec',
    signature: standardWebhooks,
    otherSignatures: [tokenIn('x-gitlab-token')],
    body: 'json',
    // Equal where both are sent; only the first is signed.
    id: first(header('webhook-id'), header('idempotency-key'), hash),
    type: first(
      { from: 'header', name: 'x-gitlab-event', except: 'System Hook' },
      body('event_name', 'object_kind'),
    ),
    attributes: { project: body('project.path_with_namespace') },
    forward: ['webhook-id', 'idempotency-key', 'x-gitlab-event', 'x-gitlab-event-uuid', 'x-gitlab-instance'],
  },

  /** @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ */
  bitbucket: {
    secret: 'text',
    signature: {
      header: 'x-hub-signature',
      format: single('sha256='),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    // Not under the signature, as with GitHub.
    id: header('x-request-uuid'),
    type: header('x-event-key'),
    attributes: { repository: body('repository.full_name') },
    forward: ['x-request-uuid', 'x-event-key', 'x-hook-uuid', 'x-attempt-number'],
  },

  /** @see https://developer.atlassian.com/cloud/jira/platform/webhooks/ */
  jira: {
    secret: 'text',
    signature: {
      header: 'x-hub-signature',
      format: single('sha256='),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    // Data Center sends no identifier.
    id: first(header('x-atlassian-webhook-identifier'), hash),
    type: body('webhookEvent'),
    attributes: {},
    forward: [
      'x-atlassian-webhook-identifier',
      'x-atlassian-webhook-flow',
      'x-atlassian-webhook-retry',
      'x-atlassian-webhook-trace',
    ],
  },

  /** @see https://linear.app/developers/webhooks */
  linear: {
    secret: 'text',
    signature: {
      header: 'linear-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    // The header of that name is not under the signature.
    bodyTimestamp: 'webhookTimestamp',
    tolerance: 60,
    body: 'json',
    id: first(header('linear-delivery'), hash),
    type: first(joined('.', body('type'), body('action')), body('type')),
    attributes: {},
    forward: ['linear-delivery', 'linear-event'],
  },

  /** @see https://circleci.com/docs/outbound-webhooks */
  circleci: {
    secret: 'text',
    signature: {
      header: 'circleci-signature',
      format: fields(','),
      versions: { v1: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    id: body('id'),
    type: body('type'),
    attributes: {},
    forward: ['circleci-event-type'],
  },

  /** @see https://docs.sentry.io/integrations/integration-platform/webhooks/ */
  sentry: {
    secret: 'text',
    signature: {
      header: 'sentry-hook-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    // Some requests have an empty body.
    body: 'any',
    // `Request-ID` is new for each attempt.
    id: hash,
    type: first(joined('.', header('sentry-hook-resource'), body('action')), header('sentry-hook-resource')),
    typeWhenAbsent: 'unknown',
    attributes: {},
    forward: ['request-id', 'sentry-hook-resource', 'sentry-hook-timestamp'],
  },

  /** @see https://developer.pagerduty.com/docs/verifying-webhook-signatures */
  pagerduty: {
    secret: 'text',
    signature: {
      header: 'x-pagerduty-signature',
      format: fields(','),
      // One for each active secret.
      versions: { v1: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    id: first(body('event.id'), header('x-webhook-id')),
    type: body('event.event_type'),
    attributes: {},
    forward: ['x-webhook-id', 'x-webhook-subscription'],
  },

  /** @see https://vercel.com/docs/webhooks */
  vercel: {
    secret: 'text',
    signature: {
      header: 'x-vercel-signature',
      format: single(),
      versions: { only: hmacSha1Hex },
      signed: '{body}',
    },
    body: 'json',
    id: body('id'),
    type: body('type'),
    attributes: {},
    forward: [],
  },

  /** @see https://devcenter.heroku.com/articles/app-webhooks */
  heroku: {
    secret: 'text',
    signature: {
      header: 'heroku-webhook-hmac-sha256',
      format: single(),
      versions: { only: hmacSha256Base64 },
      signed: '{body}',
    },
    body: 'json',
    id: body('id'),
    type: first(
      joined('.', body('webhook_metadata.event.include'), body('action')),
      joined('.', body('resource'), body('action')),
    ),
    attributes: {},
    forward: [],
  },
} as const satisfies Readonly<Record<string, Provider>>;
