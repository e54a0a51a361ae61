import { parseExactly } from '../domain/exact-json.ts';
import { parseJson } from '../domain/json.ts';
import { isDeeperThan } from '../domain/nesting.ts';
import { Problem } from './problem.ts';

/** More than anybody writes, and less than where schemas, tables and receivers' parsers give up. */
const maxLevels = 100;

/**
 * Reads the body of a request.
 *
 * @param exactField a field of it whose numbers are kept digit by digit; all others are plain ones
 * @throws Problem when it is no JSON object, or nested too deep
 */
export function parseBody(text: string, exactField: string | undefined): object {
  const body = read(text);
  if (isDeeperThan(body, maxLevels)) {
    throw new Problem('invalid-request', `The body is nested too deep: ${maxLevels} levels are the most.`);
  }
  if (exactField === undefined || !Object.hasOwn(body, exactField)) return body;
  return { ...body, [exactField]: Reflect.get(Object(parseExactly(text)), exactField) };
}

function read(text: string): object {
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new Problem('invalid-request', 'body: expected a JSON object in UTF-8; this one cannot be read.');
}
