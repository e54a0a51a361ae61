import type { SignatureScheme } from '../signature/scheme.ts';
import type { SenderSettings, SourceSettings } from '../source.ts';
import type { Provider } from './provider.ts';
import { basicAuth, body, hash, header, single } from './words.ts';

/** What a source of a generic provider says about its sender. */
export type GenericSettings = Pick<SourceSettings, 'provider' | 'hmac' | 'token' | 'ed25519'>;

/** The generic providers: each is described by the source's setting of its own name. */
export const genericNames = ['hmac', 'token', 'ed25519'] as const;

/**
 * The row of a sender that is not in the catalogue.
 *
 * @returns undefined when the source names no generic provider, or lacks its settings
 */
export function genericProvider({ provider, hmac, token, ed25519 }: GenericSettings): Provider | undefined {
  if (provider === 'hmac' && hmac) {
    const { algorithm, encoding } = hmac;
    return row('text', signedWith(hmac, { key: 'hmac', hash: algorithm, encoding }), hmac);
  }
  if (provider === 'ed25519' && ed25519) {
    return row('ed25519', signedWith(ed25519, { key: 'ed25519', encoding: ed25519.encoding }), ed25519);
  }
  if (provider === 'token' && token) {
    return row(token.basic ? 'basic' : 'token', token.basic ? basicAuth : tokenScheme(token), token);
  }
  return undefined;
}

function row(secret: Provider['secret'], signature: SignatureScheme, sender: SenderSettings): Provider {
  const { idHeader, typeHeader, batch } = sender;
  const forwarded = [idHeader, typeHeader, signature.timestampHeader];
  return {
    secret,
    signature,
    body: batch ? 'json' : 'any',
    batch,
    // An id header names the request, not the elements of a batch.
    id: idHeader && !batch ? header(idHeader.toLowerCase()) : hash,
    type: typeHeader ? header(typeHeader.toLowerCase()) : body('type'),
    typeWhenAbsent: typeHeader ? undefined : 'unknown',
    attributes: {},
    forward: forwarded.filter((name) => name !== undefined).map((name) => name.toLowerCase()),
  };
}

function signedWith(
  sender: NonNullable<GenericSettings['hmac'] | GenericSettings['ed25519']>,
  algorithm: SignatureScheme['versions'][string],
): SignatureScheme {
  const { signatureHeader, prefix, timestampHeader, signed } = sender;
  return {
    header: signatureHeader.toLowerCase(),
    format: single(prefix),
    versions: { only: algorithm },
    signed: signed ?? (timestampHeader ? '{timestamp}.{body}' : '{body}'),
    timestampHeader: timestampHeader?.toLowerCase(),
  };
}

const tokenScheme = (sender: NonNullable<GenericSettings['token']>): SignatureScheme => ({
  header: sender.header.toLowerCase(),
  format: single(sender.prefix),
  versions: { only: { key: 'token', encoding: 'text' } },
  signed: '',
});
