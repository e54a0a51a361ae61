// The vocabulary of the provider files: algorithms, field rules and signature schemes.
import type { SignatureScheme } from '../signature/scheme.ts';
import type { FieldRule } from './provider.ts';
import type { EventParts } from './read-field.ts';

export const hmacSha1Hex = { key: 'hmac', hash: 'sha1', encoding: 'hex' } as const;
export const hmacSha1Base64 = { key: 'hmac', hash: 'sha1', encoding: 'base64' } as const;
export const hmacSha256Hex = { key: 'hmac', hash: 'sha256', encoding: 'hex' } as const;
export const hmacSha512Hex = { key: 'hmac', hash: 'sha512', encoding: 'hex' } as const;
export const hmacSha256Base64 = { key: 'hmac', hash: 'sha256', encoding: 'base64' } as const;

export const header = (name: string) => ({ from: 'header', name }) as const;
export const body = (...paths: readonly string[]) => ({ from: 'body', paths }) as const;
export const always = (text: string) => ({ from: 'text', text }) as const;
export const hash = { from: 'hash' } as const;
/** The body's hash without these members, e.g. an attempt counter. */
export const hashWithout = (...except: readonly string[]) => ({ from: 'hash', except }) as const;
export const eachRequest = { from: 'request' } as const;
export const first = (...of: readonly FieldRule[]) => ({ from: 'first', of }) as const;
export const joined = (separator: string, ...fields: readonly FieldRule[]) =>
  ({ from: 'joined', separator, fields }) as const;

/** One signature after a fixed prefix. */
export const single = (prefix = '') => ({ kind: 'single', prefix }) as const;
/** `<timestamp field>=…,<version>=…` */
export const fields = (separator: ',' | ';', timestampField?: string) =>
  ({ kind: 'fields', separator, timestampField }) as const;

/** Standard Webhooks with a shared key and the `webhook-` headers only. */
export const standardWebhooksScheme = {
  families: ['webhook-'],
  header: '*signature',
  format: { kind: 'list' },
  versions: { v1: hmacSha256Base64 },
  signed: '{id}.{timestamp}.{body}',
  idHeader: '*id',
  timestampHeader: '*timestamp',
} as const satisfies SignatureScheme;

/** HTTP Basic authentication: the key is `user:password`. */
export const basicAuth = {
  header: 'authorization',
  format: { kind: 'single', prefix: 'Basic ', anyCase: true },
  versions: { only: { key: 'token', encoding: 'base64' } },
  signed: '',
} as const satisfies SignatureScheme;

/** A header whose value is the key itself. */
export const tokenIn = (name: string) =>
  ({
    header: name,
    format: single(),
    versions: { only: { key: 'token', encoding: 'text' } },
    signed: '',
  }) as const satisfies SignatureScheme;

/** A field that only code can find. */
export const code = (read: (parts: EventParts) => string | undefined) => ({ from: 'code', read }) as const;
