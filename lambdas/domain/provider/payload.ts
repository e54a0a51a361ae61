import type { BodyFormat } from './provider.ts';

/** @returns the text when the bytes are valid UTF-8, a byte order mark included; else undefined */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a content type is that of a form. */
export const isForm = (contentType: string | undefined): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(contentType ?? '');

/**
 * Reads the meaning of a body.
 *
 * @param contentType decides between JSON and form where the format leaves it open
 * @returns undefined when the body is not what the format says
 */
export function parsePayload(body: Uint8Array, format: BodyFormat, contentType: string | undefined): unknown {
  if (typeof format === 'function') return format(body, contentType ?? '');
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  if (format === 'json' || !isForm(contentType)) return parseJson(text);
  const form = new URLSearchParams(text);
  const payload = form.get('payload');
  const fieldsCount = format === 'any' || (format === 'json-or-fields' && payload === null);
  return fieldsCount ? Object.fromEntries(form) : parseJson(payload ?? '');
}

/** JSON's own rules allow a reader to overlook a byte order mark. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
