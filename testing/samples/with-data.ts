import { parseJson } from '../../lambdas/domain/json.ts';
import { isForm } from '../../lambdas/domain/provider/form.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { Draft } from '../signing/draft.ts';
import { elementsOf } from './with-type.ts';

/** Fields of an event. */
export type EventData = Readonly<Record<string, unknown>>;

/**
 * Puts fields into the event of a sample; of several events, into the first. Objects are merged, all else is replaced.
 *
 * @returns undefined when the sample is neither JSON nor a form
 */
export function withData(draft: Draft, provider: Provider, data: EventData): Draft | undefined {
  const text = Buffer.from(draft.body).toString('utf8');
  if (isForm(text)) return { ...draft, body: Buffer.from(withFields(text, data)) };
  const json = parseJson(text);
  const path = elementsOf(provider);
  const event = path === '' ? json : propertyAt(json, path);
  const first: unknown = Array.isArray(event) ? event[0] : event;
  if (!isObject(first)) return undefined;
  for (const [name, value] of Object.entries(data)) first[name] = merged(first[name], value);
  return { ...draft, body: Buffer.from(JSON.stringify(json)) };
}

function withFields(text: string, data: EventData): string {
  const form = new URLSearchParams(text);
  for (const [name, value] of Object.entries(data))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return form.toString();
}

function merged(was: unknown, is: unknown): unknown {
  if (!isObject(was) || !isObject(is)) return is;
  const both = { ...was };
  for (const [name, value] of Object.entries(is)) both[name] = merged(both[name], value);
  return both;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
