import * as v from 'valibot';
import { openDeployment } from './deployment.ts';
import { type ManagementCall, type ManagementClient, managementClient } from './management-client.ts';
import { parseResponse } from './parse-response.ts';
import type { TargetOptions } from './target.ts';

/** A client of the management API of the chosen deployment. */
export const managementOf = async (options: TargetOptions): Promise<ManagementClient> =>
  managementClient((await openDeployment(options)).managementUrl);

/** Reads a list page by page, up to a limit. */
export async function allPages<Item extends v.GenericSchema>(
  call: ManagementClient,
  request: ManagementCall,
  item: Item,
  limit = Number.POSITIVE_INFINITY,
): Promise<v.InferOutput<Item>[]> {
  const Page = v.object({ data: v.array(item), nextCursor: v.optional(v.string()) });
  const found: v.InferOutput<Item>[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await call({ ...request, query: { ...request.query, cursor } });
    const page = parseResponse(Page, body);
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < limit);
  return found.slice(0, limit);
}
