import { type OwnFormat, parseKey } from '../../signature/key.ts';
import { jsonResponse } from '../handshake.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, header, standardWebhooksScheme } from '../provider-dsl.ts';

const versioned = /^v1,(?=whsec_)/;

/** Supabase signs with each of the secrets, so one match is enough. */
const hookSecrets: OwnFormat = {
  called: 'secret of the hook (v1,whsec_…, several with | between them)',
  parse(secret) {
    const keys = secret.split('|').map((part) => parseKey(part.trim().replace(versioned, ''), 'whsec'));
    const all = keys.flatMap((key) => (key?.kind === 'hmac' ? [key.secretKey] : []));
    const [secretKey, ...alternatives] = all;
    if (secretKey === undefined || all.length < keys.length) return undefined;
    return { kind: 'hmac', secretKey, alternatives };
  },
};

/** Older servers do not name the hook. The member that only this hook has identifies it. */
const fieldsOfHooks: readonly (readonly [string, string])[] = [
  ['email_data', 'send-email'],
  ['sms', 'send-sms'],
  ['claims', 'customize-access-token'],
  ['factor_id', 'mfa-verification'],
  ['valid', 'password-verification'],
];
const hookByField = code(
  ({ payload }) => fieldsOfHooks.find(([field]) => propertyAt(payload, field) !== undefined)?.[1],
);

/**
 * Supports the hooks that need no data in return: send email, send SMS, after user created. The response lets a user be
 * created; it has no claims, so the access token hook fails.
 *
 * @see https://supabase.com/docs/guides/auth/auth-hooks
 * @see https://github.com/supabase/auth/blob/master/internal/hooks/hookshttp/hookshttp.go
 */
export const supabase: Provider = {
  secret: hookSecrets,
  // The signatures are separated by a comma and a blank.
  signature: { ...standardWebhooksScheme, format: { kind: 'list', commas: true } },
  body: 'json',
  // `webhook-id` changes with each retry; the id in the metadata does not.
  id: first(body('metadata.uuid'), header('webhook-id')),
  type: first(body('metadata.name'), hookByField),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['webhook-id', 'webhook-timestamp'],
  answer: jsonResponse({}),
};
