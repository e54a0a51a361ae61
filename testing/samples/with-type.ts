import { parseJson } from '../../lambdas/domain/json.ts';
import { isDeeperThan } from '../../lambdas/domain/nesting.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import type { FieldRule, Provider } from '../../lambdas/domain/provider/provider.ts';
import type { Draft } from '../signing/draft.ts';

/**
 * Changes the event type of a sample, and nothing else.
 *
 * @returns undefined when the type is not in one place of the sample
 */
export const withType = (draft: Draft, provider: Provider, wanted: string): Draft | undefined =>
  changedBy(provider.type, draft, elementsOf(provider), wanted);

/** Changes the event id of a sample, and nothing else. @returns undefined as `withType` does */
export const withId = (draft: Draft, provider: Provider, wanted: string): Draft | undefined =>
  changedBy(provider.id, draft, elementsOf(provider), wanted);

/** The path of the events in a body with several; empty if the body is the event or a list of events. */
export const elementsOf = ({ batch }: Provider): string => (typeof batch === 'string' ? batch : '');

function changedBy(rule: FieldRule, draft: Draft, elements: string, wanted: string): Draft | undefined {
  switch (rule.from) {
    case 'header':
      return withHeader(draft, rule.name, wanted);
    case 'body':
      return hasField(draft, rule.onlyWith) ? withField(draft, elements, rule.paths, wanted) : undefined;
    case 'text':
      return rule.text === wanted ? draft : undefined;
    case 'first':
      return rule.of
        .map((field) => changedBy(field, draft, elements, wanted))
        .find((changed) => changed !== undefined);
    case 'joined': {
      const [first = '', ...others] = wanted.split(rule.separator);
      const parts = [first, others.join(rule.separator)];
      if (rule.fields.length !== parts.length || others.length === 0) return undefined;
      return rule.fields.reduce<Draft | undefined>(
        (changed, field, nth) => changed && changedBy(field, changed, elements, parts[nth] ?? ''),
        draft,
      );
    }
    default:
      return undefined;
  }
}

const hasField = ({ body }: Draft, path: string | undefined): boolean =>
  path === undefined || propertyAt(parseJson(Buffer.from(body).toString('utf8')), path) !== undefined;

function withHeader(draft: Draft, name: string, wanted: string): Draft | undefined {
  const found = Object.keys(draft.headers).find((header) =>
    name.startsWith('*') ? header.endsWith(name.slice(1)) : header === name,
  );
  return found === undefined ? undefined : { ...draft, headers: { ...draft.headers, [found]: wanted } };
}

const maxLevels = 500;

/** @param elements the path of the events in the body; if empty, the body is the event or a list of events */
function withField(
  draft: Draft,
  elements: string,
  paths: readonly string[],
  wanted: string,
): Draft | undefined {
  const text = Buffer.from(draft.body).toString('utf8');
  if (draft.headers['content-type'] === 'application/x-www-form-urlencoded') {
    const form = new URLSearchParams(text);
    const name = paths.find((path) => form.has(path));
    if (name === undefined) return undefined;
    form.set(name, wanted);
    return { ...draft, body: Buffer.from(form.toString()) };
  }
  const json = parseJson(text);
  // What is deeper cannot be written again.
  if (isDeeperThan(json, maxLevels)) return undefined;
  const found = elements === '' ? json : propertyAt(json, elements);
  const events: readonly unknown[] = Array.isArray(found) ? found : [found];
  const changed = events.filter((event) => paths.some((path) => setAt(event, path, wanted)));
  if (changed.length === 0 || changed.length < events.length) return undefined;
  return { ...draft, body: Buffer.from(JSON.stringify(json)) };
}

/** Replaces an existing text. @returns whether it exists */
function setAt(value: unknown, path: string, wanted: string): boolean {
  if (typeof propertyAt(value, path) !== 'string') return false;
  const at = path.lastIndexOf('.');
  const parent = at < 0 ? value : propertyAt(value, path.slice(0, at));
  return typeof parent === 'object' && parent !== null && Reflect.set(parent, path.slice(at + 1), wanted);
}
