import type { Form } from './form.ts';

/** Each name with its values, all in the order of their code units; equal values of one name count once. */
export const sortedParameters = (form: Form): string =>
  [...form]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, values]) => [...new Set(values)].sort().map((value) => name + value))
    .join('');
