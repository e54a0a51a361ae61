import * as v from 'valibot';
import { asError } from '../../domain/errors.ts';
import { fieldName, issuePath, issueText } from '../../domain/issue-text.ts';

/** An item has a shape that no version has written. It stays as it is. */
class MalformedItemError extends Error {
  override name = 'MalformedItemError' as const;
}

/**
 * Makes a parser of items.
 *
 * It throws MalformedItemError, which names the item and the attribute, and never repeats a value.
 *
 * @param kind the kind of item, e.g. `delivery`
 * @param table the table that it is in, e.g. `Deliveries`
 */
export const itemParser =
  <Schema extends v.GenericSchema>(kind: string, table: string, schema: Schema) =>
  (item: unknown): v.InferOutput<Schema> => {
    const result = v.safeParse(schema, item);
    if (result.success) return result.output;
    const [issue] = result.issues;
    throw new MalformedItemError(
      `the item of ${kind} ${nameOf(item, table)} in the ${table} table is malformed: ${issuePath(issue)} ${issueText(issue)}; correct the item`,
    );
  };

/** Parses items. Omits malformed ones, so that one of them does not hide the others. @param onMalformed gets an error for each */
export const wellFormed = <Parsed>(
  items: readonly unknown[],
  parse: (item: unknown) => Parsed,
  onMalformed: (error: Error) => void,
): readonly Parsed[] =>
  items.flatMap((item) => {
    try {
      return [parse(item)];
    } catch (error) {
      onMalformed(asError(error));
      return [];
    }
  });

/** The key of an item, as far as it has one: `acme/ep_1` in the Endpoints table. */
function nameOf(item: unknown, table: string): string {
  const parts = (table === 'Endpoints' ? ['tenant', 'id'] : ['id']).map((name): unknown =>
    Reflect.get(Object(item), name),
  );
  const texts = parts.filter((part) => typeof part === 'string' && part !== '');
  return texts.length === 0 ? 'without an id' : texts.map((part) => fieldName(String(part))).join('/');
}
