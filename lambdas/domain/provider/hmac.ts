import type { HmacSettings } from '../source.ts';
import type { Provider } from './provider.ts';

/** The row of a generic HMAC sender, from a source's settings. */
export function hmacProvider(settings: HmacSettings): Provider {
  const { signatureHeader, algorithm, encoding, prefix, timestampHeader, idHeader, typeHeader } = settings;
  return {
    secret: 'text',
    signature: {
      header: signatureHeader.toLowerCase(),
      format: { kind: 'single', prefix },
      versions: { only: { key: 'hmac', hash: algorithm, encoding } },
      signed: timestampHeader ? '{timestamp}.{body}' : '{body}',
      timestampHeader: timestampHeader?.toLowerCase(),
    },
    body: settings.batch ? 'json' : 'any',
    batch: settings.batch,
    // An id header names the request, not the elements of a batch.
    id: idHeader && !settings.batch ? fromHeader(idHeader) : { from: 'hash' },
    type: typeHeader ? fromHeader(typeHeader) : { from: 'body', paths: ['type'] },
    typeWhenAbsent: typeHeader ? undefined : 'unknown',
    attributes: {},
    forward: [idHeader, typeHeader, timestampHeader]
      .filter((name) => name !== undefined)
      .map((name) => name.toLowerCase()),
  };
}

const fromHeader = (name: string) => ({ from: 'header', name: name.toLowerCase() }) as const;
