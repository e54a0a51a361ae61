import type { RawRequest } from '../raw-request.ts';
import { headerName } from '../signature/scheme.ts';
import { bodyHash, bodyHashWithout } from './body-hash.ts';
import { propertyAt } from './property.ts';
import type { FieldRule } from './provider.ts';

/** Where the fields of one event are looked up. */
export interface EventParts {
  readonly request: RawRequest;
  /** Names this request; another attempt of the provider is another one. */
  readonly requestId: string;
  /** The header family that verified. */
  readonly family: string;
  /** The event's own bytes and their meaning: the body's, or those of its slice of it. */
  readonly body: Uint8Array;
  readonly payload: unknown;
}

/** @returns undefined when the field is not there, or is empty */
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
