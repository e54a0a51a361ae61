import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { UnixMillis } from '../../lambdas/domain/time.ts';
import { headerShapes, isIllegible, signsUrl } from './expected-signature.ts';
import type { ExplainedSource } from './judge.ts';
import { missingBeginning, secretForm, secretPlaces } from './secret-form.ts';

/**
 * The advice when no usual mistake was recognised.
 *
 * It blames the secret only when a signature could be parsed and does not match.
 */
export function lastAdvice(reason: string, request: RawRequest, source: ExplainedSource): string {
  const isUnread = reason === 'mismatch' && isIllegible(source.provider, request);
  if (reason === 'mismatch' && !isUnread)
    return bodyHint(request) ?? urlFirst(request, source) + compareSecret(source);
  const advice = ownOf(byReason, isUnread ? 'malformed-header' : reason);
  return advice === undefined
    ? `The check said ${reason}: capture the request and compare it with the provider's page.`
    : advice(source);
}

/** Says what the secret looks like and where to find it. */
const compareSecret = ({ settings, provider, current }: ExplainedSource): string =>
  otherKind(settings.provider, current?.value ?? '') ??
  `No usual mistake was recognised: compare the secret with what the provider shows, character by character. It is ${secretForm(settings.provider, provider.secret)}.`;

/** Recognises an API key or an id that was stored as the secret. */
function otherKind(provider: string, secret: string): string | undefined {
  const beginning = missingBeginning(provider, secret);
  if (beginning === undefined) return undefined;
  const place = ownOf(secretPlaces, provider);
  return `The stored value does not begin with ${beginning}, as every secret of ${provider} does: is it another key, or an id? Store the secret that ${provider} shows (${place}).`;
}

/** Names the URL first, which is wrong more often than the secret. */
function urlFirst({ url }: RawRequest, { settings, provider }: ExplainedSource): string {
  if (!signsUrl(settings.provider, provider)) return '';
  return `The URL is signed, too: compare ${url.split('?')[0]} with the one that ${settings.provider} posts to, with its query, and set publicUrl if they differ. `;
}

/** Recognises signs of a changed body. */
function bodyHint({ body, headers, method }: RawRequest): string | undefined {
  const text = Buffer.from(body).toString('utf8');
  const stated = headers.get('content-length');
  if (text === '[object Object]')
    return 'The body is the text [object Object]: an object was forwarded instead of the body. Keep the raw bytes.';
  if (body.length === 0 && method === 'POST' && stated !== '0')
    return 'The body is empty: it was consumed before it was forwarded, or it was not captured. Keep the raw bytes.';
  if (stated !== undefined && Number(stated) !== body.length)
    return `The body has ${body.length} bytes, but content-length is ${stated}: it was cut or rewritten. Keep the raw bytes.`;
  if (text.includes('\ufffd'))
    return 'The body contains U+FFFD, where bytes could not be decoded as text: it was read in another charset. Keep the raw bytes.';
  return undefined;
}

const byReason: Readonly<Record<string, (source: ExplainedSource) => string>> = {
  'malformed-header': ({ settings, provider }) =>
    `The signature header cannot be parsed, which says nothing about the secret. ${shapesOf(settings.provider, headerShapes(provider))}It was changed on the way, or it belongs to another webhook.`,
  'malformed-body': ({ settings }) =>
    `The signature in the body is not in the format of ${settings.provider}, which says nothing about the secret: the body was changed, or it is another kind of webhook.`,
  'malformed-timestamp': ({ settings }) =>
    `The time is not in the format of ${settings.provider}, which says nothing about the secret: check its unit.`,
  'wrong-recipient': ({ settings, provider }) =>
    `The signature is right, but for another topic, webhook or environment than this source's. Its secret is ${secretForm(settings.provider, provider.secret)}.`,
  'untrusted-key': ({ settings }) =>
    `The key or certificate that the request names is not ${settings.provider}'s: it is forged, or belongs to another environment (sandbox).`,
  'reused-token': () =>
    'Its token was used before, with another body: the request was replayed, or the body was changed on the way.',
};

const shapesOf = (provider: string, shapes: readonly string[]): string =>
  shapes.length === 0 ? '' : `${provider} writes ${shapes.join(' or ')}. `;

/** Recognises a timestamp in another unit. */
export function unitMistake({ headers }: RawRequest, { provider, settings }: ExplainedSource): string[] {
  if (typeof provider.signature === 'function') return [];
  const { timestampUnit = 'seconds', signed, timestampHeader, header } = provider.signature;
  if (!signed.includes('{timestamp}')) return [];
  const names = [timestampHeader ?? header].map((name) => name.replace('*', ''));
  const values = [...headers]
    .filter(([name]) => names.some((one) => name.endsWith(one)))
    .map(([, value]) => value);
  const unit = values.map(unitOf).find((one) => one !== undefined);
  if (unit === undefined || unit === timestampUnit) return [];
  return [
    `The time is in ${unitName(unit)}, but ${settings.provider} uses ${unitName(timestampUnit)}: the secret is not the cause.`,
  ];
}

const unitName = (unit: string): string => (unit === 'iso' ? 'ISO 8601' : unit);

function unitOf(value: string): string | undefined {
  const [, time = ''] = /(?:^|[,;\s]|t=|ts=)(\d{10,19}(?:\.\d+)?|\d{4}-\d\d-\d\dT[^,;\s]*)/.exec(value) ?? [];
  if (/^\d{4}-/.test(time)) return 'iso';
  if (time.includes('.')) return 'seconds with a fraction';
  return { 10: 'seconds', 13: 'milliseconds', 16: 'microseconds', 19: 'nanoseconds' }[time.length];
}

/** How far off a time is, with a hint at a wrong time zone. */
export function distance(signedAt: UnixMillis, at: UnixMillis): string {
  const off = Math.round(Math.abs(at - signedAt) / 1000);
  const hours = Math.round(off / 3600);
  const isZone = hours >= 1 && hours <= 14 && Math.abs(off - hours * 3600) <= 300;
  return `${off} s off${isZone ? `, about ${hours} h, as with a wrong time zone` : ''}`;
}
