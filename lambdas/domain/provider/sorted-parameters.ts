import type { Form } from './form.ts';

/** Concatenates names and values, sorted by code units; equal values of one name count once. */
export const sortedParameters = (form: Form): string =>
  [...form]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => [...new Set(values)].sort().map((value) => name + value))
    .join('');
