import { fieldOf, isForm, readForm } from '../../lambdas/domain/provider/form.ts';
import { decodeUtf8, parseJsonBody, parsePayload } from '../../lambdas/domain/provider/payload.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import { sortedParameters } from '../../lambdas/domain/provider/sorted-parameters.ts';
import { queryOf, type RawRequest } from '../../lambdas/domain/raw-request.ts';
import { hmac } from '../../lambdas/domain/signature/hmac.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { bodySignedLine, signedLine } from './signed-line.ts';

/** Describes the signed parts of a request to a custom provider, a line each. */
type CustomSignatureParts = (request: RawRequest, keys: readonly VerificationKey[]) => string[];

/** By provider. For the others, the request does not show what is signed. */
export const customSignatureParts: Readonly<Record<string, CustomSignatureParts>> = {
  twilio: ({ url, headers, body }, keys) => {
    const hash = fieldOf(queryOf({ url }), 'bodySHA256');
    if (hash !== undefined) return [signedLine('the URL', url), ...bodySignedLine(body, 'hex', hash)];
    const form = isForm(decodeUtf8(body) ?? '') ? readForm(body) : undefined;
    if (form === undefined) return ['the body cannot be parsed as a form, and the URL has no bodySHA256'];
    const text = url + sortedParameters(form);
    return [
      signedLine('the URL and the sorted fields of the form', text),
      `received ${headers.get('x-twilio-signature') ?? 'no x-twilio-signature'}`,
      ...computedBy('sha1', 'base64', text, keys),
    ];
  },

  mailgun: ({ body }, keys) => {
    const payload = parsePayload(body, 'json');
    const part = propertyAt(payload, 'signature');
    const text = `${propertyAt(part, 'timestamp')}${propertyAt(part, 'token')}`;
    if (part === undefined) return ['the body has no signature: it is not the JSON of a Mailgun webhook'];
    return [
      signedLine('the timestamp and the token', text),
      `received ${propertyAt(part, 'signature')}`,
      ...computedBy('sha256', 'hex', text, keys),
    ];
  },

  mandrill: ({ url, headers, body }, keys) => {
    const form = isForm(decodeUtf8(body) ?? '') ? readForm(body) : undefined;
    if (form === undefined) return ['the body cannot be parsed as a form'];
    const text = url + sortedParameters(form);
    return [
      signedLine('the URL and the sorted fields of the form', text),
      `received ${headers.get('x-mandrill-signature') ?? 'no x-mandrill-signature'}`,
      ...computedBy('sha1', 'base64', text, keys),
    ];
  },

  fusionauth: ({ headers, body }) =>
    bodySignedLine(body, 'base64', claimIn(headers.get('x-fusionauth-signature-jwt'))),

  plaid: ({ headers, body }) => bodySignedLine(body, 'hex', claimIn(headers.get('plaid-verification'))),

  strava: ({ body }) => [
    `of the subscription ${propertyAt(parseJsonBody(Buffer.from(body).toString('utf8')), 'subscription_id')}`,
  ],

  sns: ({ body }) => [
    `of the topic ${propertyAt(parseJsonBody(Buffer.from(body).toString('utf8')), 'TopicArn')}`,
  ],
};

function computedBy(
  hash: 'sha1' | 'sha256',
  encoding: 'hex' | 'base64',
  text: string,
  keys: readonly VerificationKey[],
): string[] {
  return keys.flatMap((key) => {
    if (key.kind !== 'hmac') return [];
    return [`computed ${hmac(hash, key.secretKey, text).toString(encoding).slice(0, 12)}…`];
  });
}

/** The body's hash in an unverified token, used for a comparison only. */
function claimIn(token: string | undefined): string | undefined {
  const [, claims = ''] = (token ?? '').split('.');
  const json = parseJsonBody(Buffer.from(claims, 'base64url').toString('utf8'));
  const hash = propertyAt(json, 'request_body_sha256');
  return typeof hash === 'string' ? hash : undefined;
}
