import * as v from 'valibot';
import { issuePath, issueText } from '../../lambdas/domain/issue-text.ts';
import { RefusedError } from '../terminal/errors.ts';

/**
 * Parses a response of the management API.
 *
 * @throws RefusedError that names the field, never its value: a response may contain a secret
 */
export function parseResponse<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new RefusedError(
    `The management API responded with another body than this version expects: ${issuePath(issue) || 'the whole body'} ${issueText(issue)}. Deploy the stack with this version, or use the version that it was deployed with.`,
  );
}
