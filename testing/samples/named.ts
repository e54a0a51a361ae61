import { randomUUID } from 'node:crypto';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { Draft } from '../signing/draft.ts';

/** Adds the id and type headers of a generic provider, where the sample lacks them. */
export function named(sample: Draft, { id, type }: Provider): Draft {
  const names = [
    [id, randomUUID()],
    [type, 'example.created'],
  ] as const;
  const missing = names.flatMap(([rule, text]) =>
    rule.from === 'header' && !rule.name.startsWith('*') && sample.headers[rule.name] === undefined
      ? [[rule.name, text] as const]
      : [],
  );
  return { ...sample, headers: { ...Object.fromEntries(missing), ...sample.headers } };
}
