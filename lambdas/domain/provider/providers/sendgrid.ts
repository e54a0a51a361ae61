import { decodeStrictly } from '../../signature/encoding.ts';
import { type OwnFormat, publicKeyFrom } from '../../signature/key.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, joined, single } from '../provider-dsl.ts';

const verificationKey: OwnFormat = {
  called: 'verification key (base64 of a P-256 public key, or PEM)',
  parse(secret) {
    const der = decodeStrictly(secret, 'base64');
    const publicKey = der
      ? publicKeyFrom({ key: der, format: 'der', type: 'spki' })
      : publicKeyFrom({ key: secret, format: 'pem' });
    const curve = publicKey?.asymmetricKeyDetails?.namedCurve;
    return publicKey && curve === 'prime256v1' ? { kind: 'ecdsa-p256', publicKey } : undefined;
  },
};

const testEvent = code(({ payload }) =>
  String(propertyAt(payload, 'sg_message_id')).startsWith('14c5d75ce93.dfd.64b469')
    ? String(propertyAt(payload, 'sg_event_id'))
    : undefined,
);

/** @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features */
export const sendgrid: Provider = {
  secret: verificationKey,
  signature: {
    header: 'x-twilio-email-event-webhook-signature',
    format: single(),
    versions: { only: { key: 'ecdsa-p256', encoding: 'base64' } },
    signed: '{timestamp}{body}',
    timestampHeader: 'x-twilio-email-event-webhook-timestamp',
  },
  body: 'json',
  batch: true,
  // The test button always sends the same message.
  id: first(joined(':', testEvent, hash), body('sg_event_id'), hash),
  type: body('event'),
  attributes: {},
  forward: ['x-twilio-email-event-webhook-timestamp'],
};
