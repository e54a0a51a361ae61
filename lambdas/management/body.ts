import { parseExactly } from '../domain/exact-json.ts';
import { parseJson } from '../domain/json.ts';
import { isDeeperThan } from '../domain/nesting.ts';
import { Problem } from './problem.ts';

/** Real payloads have fewer levels; schemas, DynamoDB and endpoints' parsers fail only beyond it. */
const maxLevels = 100;

/**
 * Reads the body of a request.
 *
 * @param exactField the field whose numbers keep every digit; numbers elsewhere become JavaScript numbers
 * @throws Problem when it is not a JSON object, or nested too deep
 */
export function parseBody(text: string, exactField: string | undefined): object {
  const body = read(text);
  if (isDeeperThan(body, maxLevels)) {
    throw new Problem(
      'invalid-request',
      `The body is nested too deep: at most ${maxLevels} levels are allowed.`,
    );
  }
  if (exactField === undefined || !Object.hasOwn(body, exactField)) return body;
  return { ...body, [exactField]: Reflect.get(Object(parseExactly(text)), exactField) };
}

function read(text: string): object {
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new Problem('invalid-request', 'body: expected a JSON object in UTF-8.');
}
