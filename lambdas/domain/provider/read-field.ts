import type { RawRequest } from '../raw-request.ts';
import { headerName } from '../signature/scheme.ts';
import { bodyHash, bodyHashWithout } from './body-hash.ts';
import { propertyAt } from './property.ts';
import type { FieldRule } from './provider.ts';

/** The parts of a request in which the fields of one event are found. */
export interface EventParts {
  readonly request: RawRequest;
  /** The id of this HTTP request. A retry of the provider has another one. */
  readonly requestId: string;
  /** The header family that verified. */
  readonly family: string;
  /** The event's own bytes, the body or a slice of it; `payload` is their parsed value. */
  readonly body: Uint8Array;
  readonly payload: unknown;
}

/** Reads a field by its rule. @returns undefined when the field is absent or empty */
export function readField(rule: FieldRule, parts: EventParts): string | undefined {
  switch (rule.from) {
    case 'header': {
      const value = parts.request.headers.get(headerName(rule.name, parts.family));
      return value === rule.except ? undefined : value || undefined;
    }
    case 'body': {
      if (rule.onlyWith !== undefined && propertyAt(parts.payload, rule.onlyWith) === undefined) return;
      return rule.paths.map((path) => textAt(parts.payload, path)).find((text) => text !== undefined);
    }
    case 'code':
      return rule.read(parts);
    case 'text':
      return rule.text;
    case 'hash':
      return hashOf(parts, rule.except);
    case 'request':
      return parts.requestId;
    case 'joined':
      return joined(rule.fields, rule.separator, parts);
    case 'first':
      return rule.of.map((field) => readField(field, parts)).find((text) => text !== undefined);
  }
}

function hashOf({ body, payload, requestId }: EventParts, except: readonly string[] = []): string {
  if (body.byteLength === 0) return requestId;
  const names = except.filter((name) => propertyAt(payload, name) !== undefined);
  return names.length === 0 ? bodyHash(body) : bodyHashWithout(names, body);
}

function joined(fields: readonly FieldRule[], separator: string, parts: EventParts): string | undefined {
  const texts = fields.map((field) => readField(field, parts));
  return texts.includes(undefined) ? undefined : texts.join(separator);
}

function textAt(payload: unknown, path: string): string | undefined {
  const value = propertyAt(payload, path);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
