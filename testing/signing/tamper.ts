import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { Draft } from './draft.ts';

/** Providers whose signature does not cover the whole body, so a changed body may still verify. */
const bodyIsFree: ReadonlySet<string> = new Set([
  'adyen',
  'braintree',
  'chargebee',
  'mailgun',
  'monday',
  'msgraph',
  'okta',
  'postmark',
  'sns',
  'strava',
  'telegram',
  'token',
]);
const signedInBody: ReadonlySet<string> = new Set([
  'adyen',
  'braintree',
  'mailgun',
  'msgraph',
  'sns',
  'strava',
]);

/**
 * Changes one signed byte of a request, as an attacker would.
 *
 * @param key the signing key; a token does not depend on the body
 */
export function tampered(provider: string, draft: Draft, key: VerificationKey): Draft {
  if (key.kind === 'token' && !signedInBody.has(provider)) return withSpoiledToken(draft, key.bytes);
  return bodyIsFree.has(provider)
    ? withSpoiledSignature(provider, draft)
    : { ...draft, body: changedByte(draft.body) };
}

/** Changes the token in the header that contains it, which a generic source chooses. */
function withSpoiledToken(draft: Draft, token: Uint8Array): Draft {
  const written = [Buffer.from(token).toString('utf8'), Buffer.from(token).toString('base64')];
  const spoiled = Object.entries(draft.headers).map(([name, value]) => [
    name,
    written.some((text) => value.includes(text)) ? changedLetter(value) : value,
  ]);
  return { ...draft, headers: Object.fromEntries(spoiled) };
}

function changedByte(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** The same request with a well-formed but wrong signature or token. */
export function withSpoiledSignature(provider: string, draft: Draft): Draft {
  if (signedInBody.has(provider)) return { ...draft, body: Buffer.from(spoiledBody(draft.body)) };
  const spoiled = Object.entries(draft.headers).map(([name, value]) => [
    name,
    carriesSignature.test(name) && !describesSignature.test(name) ? changedLetter(value) : value,
  ]);
  return { ...draft, headers: Object.fromEntries(spoiled) };
}

const carriesSignature =
  /signature|hmac|authorization|verification|-mac$|x-trello-webhook|x-gitlab-token|secret-token|transmission-sig/;
const describesSignature = /algo|version|signed-headers|timestamp/;

const spoiledBody = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString('utf8')
    .replace(
      /("(?:[Ss]ignature|hmacSignature|clientState)":"|"subscription_id":|bt_signature=[^|%]*(?:\||%7C))(.)/,
      (_, before: string, first: string) => before + (first === '0' ? '1' : '0'),
    );

/** Changes one character in the last third, and keeps the format. */
function changedLetter(text: string): string {
  const at = Math.floor(text.length * 0.75);
  return text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
}
