import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmac } from '../../signature/hmac.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf, isForm, readForm } from '../form.ts';
import { emptyResponse, type Handshake } from '../handshake.ts';
import { decodeUtf8 } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, joined } from '../provider-dsl.ts';
import { sortedParameters } from '../sorted-parameters.ts';

const sha1Bytes = 20;

/** Mandrill signs the URL and the sorted fields of the form, without separators. */
const check: Check = ({ headers, url, body: bytes }, keys) => {
  const signature = headers.get('x-mandrill-signature');
  if (!signature) return refusedFor('missing-header');
  const sent = decodeStrictly(signature, 'base64');
  if (sent?.length !== sha1Bytes) return refusedFor('malformed-header');
  if (!isForm(decodeUtf8(bytes) ?? '')) return refusedFor('mismatch');
  const form = readForm(bytes);
  if (form === undefined) return refusedFor('over-1000-fields');
  const signed = Buffer.from(url + sortedParameters(form), 'utf8');
  const matching = keys.filter(
    (key) => key.kind === 'hmac' && equalBytes(hmac('sha1', key.secretKey, signed), sent),
  );
  return matching.length > 0 ? accepted : refusedFor('mismatch');
};

/**
 * Saving the URL sends an unsigned HEAD. Only if that fails, Mandrill sends a POST signed with a publicly known key.
 */
const mandrillHead: Handshake = {
  methods: ['HEAD'],
  unsigned: ({ method }) => (method === 'HEAD' ? emptyResponse : undefined),
};

const eventsIn = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(fieldOf(readForm(bytes), 'mandrill_events') ?? '', 'utf8');

/** @see https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests */
export const mandrill: Provider = {
  secret: 'text',
  signature: check,
  unwrap: eventsIn,
  body: 'json',
  batch: true,
  // `_id` belongs to the message: all its events, from sending to the last click, share it.
  id: hash,
  // Changes of the allowlist and the denylist have `type` and `action` in place of `event`.
  type: first(body('event'), joined('.', body('type'), body('action')), body('type')),
  attributes: {},
  forward: [],
  handshake: mandrillHead,
};
