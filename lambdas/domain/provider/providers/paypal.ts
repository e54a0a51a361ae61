import { verify as verifyWithPublicKey } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RawRequest } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { readInstant } from '../../signature/instant.ts';
import type { OwnFormat } from '../../signature/key.ts';
import { judgeTime } from '../../signature/verify.ts';
import { type CertificatePin, trustedLeaf } from '../certificates.ts';
import { acceptedAt, type Check, refusedFor } from '../check.ts';
import type { Provider } from '../provider.ts';
import { body, header } from '../provider-dsl.ts';

/** The id is not secret, but it binds a message to this webhook. The simulator's `WEBHOOK_ID` binds to none. */
const webhookId: OwnFormat = {
  called: 'webhook id (capital letters and digits, beside the URL in the settings of the app)',
  parse: (secret) =>
    /^[A-Z0-9]{10,40}$/.test(secret) ? { kind: 'fields', fields: { webhookId: secret } } : undefined,
};

const paypalCertificates: CertificatePin = {
  commonName: /^messageverificationcerts(\.[a-z0-9-]+)*\.paypal\.com$/,
  issuerHost: /^cacerts\.digicert\.com$/,
};
const hosts: ReadonlySet<string> = new Set(['api.paypal.com', 'api.sandbox.paypal.com']);
const certificatePath = /^\/v1\/notifications\/certs\/CERT-[0-9a-f-]+$/;

/** PayPal signs the transmission, the webhook id and the body's CRC-32. */
const check: Check = async (request, keys, context) => {
  const { id, time, signature, url } = readHeaders(request);
  if (!id || !time || !signature || !url) return refusedFor('missing-header');
  const sent = decodeStrictly(signature, 'base64');
  const signedAt = readInstant(time, 'iso');
  const isKnownAlgorithm = request.headers.get('paypal-auth-algo') === 'SHA256withRSA';
  if (!sent || !signedAt || !isKnownAlgorithm || !/^[0-9A-Za-z-]{1,64}$/.test(id))
    return refusedFor('malformed-header');
  const place = certificateUrl(url);
  if (place === undefined) return refusedFor('untrusted-key');
  const { isThere, text } = await context.fetchKey(place);
  const certificate = isThere ? await trustedLeaf(text, paypalCertificates, context) : undefined;
  if (certificate === undefined) return refusedFor('untrusted-key');
  const crc = crc32(request.body);
  const matching = keys.filter((key) => {
    if (key.kind !== 'fields') return false;
    const signed = Buffer.from(`${id}|${time}|${key.fields['webhookId']}|${crc}`, 'utf8');
    return verifyWithPublicKey('sha256', signed, certificate.publicKey, sent);
  });
  if (matching.length === 0) return refusedFor('mismatch');
  const late = judgeTime(signedAt, context.tolerance, context.now);
  return late ? refusedFor(late) : acceptedAt(signedAt);
};

const readHeaders = ({ headers }: RawRequest) => ({
  id: headers.get('paypal-transmission-id'),
  time: headers.get('paypal-transmission-time'),
  signature: headers.get('paypal-transmission-sig'),
  url: headers.get('paypal-cert-url'),
});

const maxUrlLength = 2048;

/** @returns undefined unless the URL is a notification certificate on PayPal's own host */
function certificateUrl(text: string): URL | undefined {
  if (text.length > maxUrlLength || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain =
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.search === '' &&
    url.hash === '';
  return isPlain && hosts.has(url.hostname) && certificatePath.test(url.pathname) ? url : undefined;
}

/** @see https://developer.paypal.com/api/rest/webhooks/rest/ */
export const paypal: Provider = {
  secret: webhookId,
  signature: check,
  // A body with the same CRC is easy to make.
  onceOnly: header('paypal-transmission-id'),
  body: 'json',
  id: body('id'),
  type: body('event_type'),
  attributes: { resourceType: body('resource_type') },
  forward: ['paypal-transmission-id', 'paypal-transmission-time'],
};
