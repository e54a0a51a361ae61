import { queryOf } from '../raw-request.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import type { SenderSettings, SourceSettings } from '../source.ts';
import { fieldOf } from './form.ts';
import { type Handshake, textResponse } from './handshake.ts';
import type { Provider } from './provider.ts';
import { basicAuth, body, fields, hash, header, single } from './provider-dsl.ts';

/** The settings by which a source describes its sender, for the generic providers. */
export type GenericSettings = Pick<SourceSettings, 'provider' | 'hmac' | 'token' | 'ed25519'>;

/** The generic providers. The settings of each are under its name in the source. */
export const genericNames = ['hmac', 'token', 'ed25519'] as const;

/**
 * Makes the row of a sender that is not in the catalogue.
 *
 * @returns undefined when the source names no generic provider, or lacks its settings
 */
export function genericProvider({ provider, hmac, token, ed25519 }: GenericSettings): Provider | undefined {
  if (provider === 'hmac' && hmac) {
    const { algorithm, encoding } = hmac;
    const scheme = signedWith(hmac, { key: 'hmac', hash: algorithm, encoding });
    return { ...row('text', scheme, hmac), handshake: challengeOf(hmac.challengeParameter) };
  }
  if (provider === 'ed25519' && ed25519) {
    const scheme = signedWith(ed25519, { key: 'ed25519', encoding: ed25519.encoding });
    return { ...row('ed25519', scheme, ed25519), handshake: challengeOf(ed25519.challengeParameter) };
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
  const { signatureHeader, prefix, timestampHeader, signed, idHeader } = sender;
  const own = sender.fields;
  const template = signed ?? (timestampHeader || own?.timestamp ? '{timestamp}.{body}' : '{body}');
  return {
    header: signatureHeader.toLowerCase(),
    format: own ? fields(own.separator ?? ',', own.timestamp) : single(prefix),
    versions: { [own?.signature ?? 'only']: algorithm },
    signed: template,
    idHeader: template.includes('{id}') ? idHeader?.toLowerCase() : undefined,
    timestampHeader: timestampHeader?.toLowerCase(),
  };
}

/** Short and plain, so that a caller cannot make the response a page of HTML. */
const plain = /^[A-Za-z0-9_-]{1,256}$/;

/** The handshake of a sender that tests the URL with a GET and expects the value of a parameter back. */
function challengeOf(parameter: string | undefined): Handshake | undefined {
  if (parameter === undefined) return undefined;
  return {
    methods: ['GET'],
    unsigned: (request) => {
      if (request.method !== 'GET') return undefined;
      const challenge = fieldOf(queryOf(request), parameter);
      return challenge !== undefined && plain.test(challenge) ? textResponse(challenge) : undefined;
    },
  };
}

const tokenScheme = (sender: NonNullable<GenericSettings['token']>): SignatureScheme => ({
  header: sender.header.toLowerCase(),
  // `Bearer` is a scheme of `Authorization`, and schemes are case-insensitive.
  format: {
    kind: 'single',
    prefix: sender.prefix,
    anyCase: sender.header.toLowerCase() === 'authorization',
  },
  versions: { only: { key: 'token', encoding: 'text' } },
  signed: '',
});
