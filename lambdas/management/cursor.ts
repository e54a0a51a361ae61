import * as v from 'valibot';
import { Problem } from './problem.ts';

/** Encodes where a page ended as an opaque cursor for the caller. */
export const cursorOf = (place: object): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Decodes a cursor. @throws Problem when it was not made by this list */
export function placeIn<Schema extends v.GenericSchema>(
  schema: Schema,
  cursor: string | undefined,
): v.InferOutput<Schema> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    const message = 'expected the nextCursor of an earlier page of this list';
    throw new Problem('invalid-request', `query: cursor: ${message}`, [{ path: 'cursor', message }]);
  }
}

/** The query parameters of every paged list. */
export const PageQuery = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/, 'a number from 1 to 200'),
      v.transform(Number),
      v.check((limit) => limit <= 200, 'a number from 1 to 200'),
    ),
    '50',
  ),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(4096))),
};
