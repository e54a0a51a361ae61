import type { Provider } from '../provider.ts';
import { body, first, hash, header, joined, standardWebhooksScheme, tokenIn } from '../provider-dsl.ts';

/**
 * A signing token (`whsec_…`) only verifies signatures; a secret token is only compared with the header.
 *
 * @see https://docs.gitlab.com/user/project/integrations/webhooks/
 */
export const gitlab: Provider = {
  secret: 'token-or-whsec',
  signature: standardWebhooksScheme,
  otherSignatures: [tokenIn('x-gitlab-token')],
  body: 'json',
  // Where both headers are sent they are equal; only the first is signed.
  id: first(
    header('webhook-id'),
    header('idempotency-key'),
    // Versions before 17.4. Webhooks that trigger others share this id, and tests have equal bodies.
    joined(':', header('x-gitlab-event-uuid'), hash),
    hash,
  ),
  type: first(
    { from: 'header', name: 'x-gitlab-event', except: 'System Hook' },
    body('event_name', 'object_kind'),
  ),
  attributes: { project: body('project.path_with_namespace') },
  forward: ['webhook-id', 'idempotency-key', 'x-gitlab-event', 'x-gitlab-event-uuid', 'x-gitlab-instance'],
};
