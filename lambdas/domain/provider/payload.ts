import { parseJson } from '../json.ts';
import { type BodyLimit, exceededLimit, maxUnverifiedValues } from './body-limits.ts';
import { asObject, type Form, fieldOf, isForm, readForm } from './form.ts';
import type { BodyFormat, NamedBodyFormat } from './provider.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns the text when the bytes are valid UTF-8, a byte order mark included; else undefined */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A parsed body, or the limit that it exceeds. The value is undefined when the body is not in the format; the text when
 * it was not decoded.
 */
export type ParsedBody =
  | { readonly ok: true; readonly value: unknown; readonly text?: string }
  | { readonly ok: false; readonly reason: BodyLimit };

const nothing: ParsedBody = { ok: true, value: undefined };
const tooManyFields: ParsedBody = { ok: false, reason: 'over-1000-fields' };

/**
 * Parses a verified body.
 *
 * The bytes alone decide between JSON and a form, because they are signed and the content type is not. No text is both.
 */
export function readPayload(body: Uint8Array, format: BodyFormat): ParsedBody {
  if (typeof format === 'function') return { ok: true, value: format(body) };
  if (format === 'json-or-empty' && body.byteLength === 0) return { ok: true, value: {} };
  const text = decodeUtf8(body);
  if (text === undefined) return nothing;
  if (format === 'json' || format === 'json-or-empty' || !isForm(text))
    return readJson(body, Number.POSITIVE_INFINITY, text);
  const form = readForm(body);
  if (form === undefined) return tooManyFields;
  const payload = readFields(form, format);
  return payload.ok ? { ok: true, value: payload.value, text } : payload;
}

function readFields(form: Form, format: NamedBodyFormat): ParsedBody {
  const payload = fieldOf(form, 'payload');
  const fieldsCount = format === 'any' || (format === 'json-or-fields' && payload === undefined);
  return fieldsCount
    ? { ok: true, value: asObject(form) }
    : readJson(Buffer.from(payload ?? '', 'utf8'), Number.POSITIVE_INFINITY);
}

/** Parses a body. @returns undefined when it is not in the format, or exceeds a limit */
export function parsePayload(body: Uint8Array, format: BodyFormat): unknown {
  const payload = readPayload(body, format);
  return payload.ok ? payload.value : undefined;
}

/** Parses JSON before its signature is checked, with bounded work. */
export const readUnverifiedJson = (body: Uint8Array): ParsedBody => readJson(body, maxUnverifiedValues);

/** Reads a form before its signature is checked. @returns undefined when the bytes are not a form */
export function readUnverifiedForm(body: Uint8Array): ParsedBody | undefined {
  if (!isForm(decodeUtf8(body) ?? '')) return undefined;
  const form = readForm(body);
  return form === undefined ? tooManyFields : { ok: true, value: asObject(form) };
}

/** @param decoded the body's text, if it is known */
function readJson(body: Uint8Array, maxValues: number, decoded?: string): ParsedBody {
  const reason = exceededLimit(body, maxValues);
  if (reason !== undefined) return { ok: false, reason };
  const text = decoded ?? decodeUtf8(body);
  return text === undefined ? nothing : { ok: true, value: parseJsonBody(text), text };
}

/**
 * Parses JSON that a provider sent. Skips a byte order mark, which RFC 8259 §8.1 allows a reader to ignore.
 *
 * @returns undefined when the text is not JSON
 */
export const parseJsonBody = (text: string): unknown => parseJson(text.replace(/^\ufeff/, ''));
