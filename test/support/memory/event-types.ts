import type { EventTypeRecord, EventTypeStore } from '../../../lambdas/domain/event-type.ts';
import { parseExactly } from '../../../lambdas/domain/exact-json.ts';
import { checkItem, checkKey } from './dynamodb-limits.ts';

/** Event types in memory, kept as text as in the table. */
export function memoryEventTypes(): EventTypeStore {
  const kept = new Map<string, EventTypeRecord>();

  return {
    read: async (name) => kept.get(name),

    async page(after, limit) {
      if (after !== undefined) checkKey(after);
      const found = [...kept.values()]
        .filter(({ name }) => name > (after ?? ''))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const page = found.slice(0, limit);
      return { eventTypes: page, next: found.length > limit ? page.at(-1)?.name : undefined };
    },

    async put(record, seen) {
      if ((kept.get(record.name)?.version ?? 0) !== seen) return false;
      const { schema, example, ...rest } = record;
      const texts = { schema: JSON.stringify(schema), example: JSON.stringify(example) };
      checkItem({ ...rest, ...texts });
      kept.set(record.name, {
        ...rest,
        ...(texts.schema !== undefined && { schema: JSON.parse(texts.schema) }),
        ...(texts.example !== undefined && { example: parseExactly(texts.example) }),
      });
      return true;
    },

    remove: async ({ name, version }) => kept.get(name)?.version === version && kept.delete(name),
  };
}
