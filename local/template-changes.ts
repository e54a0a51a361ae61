import { isDeepStrictEqual } from 'node:util';
import type { Template } from './emulator-differences.ts';

/** Resources that every app has and that are not worth a mention. */
const silent = new Set(['AWS::CDK::Metadata']);

/**
 * Describes what a deploy changes, by the names that the resources have in the app.
 *
 * Compares the templates, because the emulator reports every resource as updated.
 */
export function changesBetween(before: Template, after: Template): string {
  const parts = [
    phrase('new', missingFrom(before, after)),
    phrase('changed', changed(before, after)),
    phrase('removed', missingFrom(after, before)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

type Resource = Template['Resources'][string];

const telling = (template: Template): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => !silent.has(resource.Type));

const missingFrom = (one: Template, other: Template): string[] =>
  telling(other)
    .filter(([id]) => one.Resources[id] === undefined)
    .map(nameInApp);

const changed = (before: Template, after: Template): string[] =>
  telling(after)
    .filter(
      ([id, resource]) =>
        before.Resources[id] !== undefined && !isDeepStrictEqual(before.Resources[id], resource),
    )
    .map(nameInApp);

/** `Hookline/stripe/Receive/Resource` → `stripe/Receive`. */
function nameInApp([id, resource]: [string, Resource]): string {
  const path = resource.Metadata?.['aws:cdk:path'];
  return typeof path === 'string'
    ? path
        .split('/')
        .slice(1)
        .join('/')
        .replace(/\/Resource$/, '')
    : id;
}

/** The most names to list; of more it names the parts of the app. */
const maxNames = 6;

function phrase(verb: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length <= maxNames) return `${verb}: ${names.join(', ')}`;
  const parts = new Set(names.map((name) => name.split('/')[0]));
  return `${verb}: ${names.length} resources of ${[...parts].join(', ')}`;
}
