import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { basename } from 'node:path';

/**
 * What a file of flow tests uses of the AWS that all of them share: the sources of their stack, its publishing, or stacks and
 * resources that the file makes. Two files with a lane in common never run at once, because they kill functions, empty queues
 * and count what is in them.
 */
export type Lane = 'inbound' | 'outbound' | 'other stacks';

/** Every file of flow tests with its lanes, in the order in which they begin: the longest first, and neighbours in different lanes. */
export const lanesOfFiles: Readonly<Record<string, readonly Lane[]>> = {
  // It keeps the AWS busy, so nothing that measures times runs beside it.
  'fan-out': ['inbound', 'outbound'],
  lifecycle: ['other stacks'],
  'every-provider': ['other stacks'],
  'outbound-recovery': ['outbound'],
  'inbound-handling': ['inbound'],
  tour: ['outbound'],
  'inbound-secrets': ['inbound'],
  'endpoint-breaker': ['outbound'],
  'github-examples': ['inbound'],
  'outbound-delivery': ['outbound'],
  targets: ['other stacks'],
  'missing-grant': ['other stacks'],
  package: ['other stacks'],
  'hanging-endpoint': ['outbound'],
  endpoints: ['outbound'],
  'broken-consumer': ['other stacks'],
  'endpoint-failures': ['outbound'],
  listen: ['inbound'],
  'recreated-endpoint': ['outbound'],
  'queue-and-bucket-contracts': ['other stacks'],
  'endpoint-signatures': ['outbound'],
  'send-and-explain': ['inbound'],
  'outbound-contracts': ['outbound'],
  'inbound-verification': ['inbound'],
  management: ['outbound'],
  'inbound-bodies': ['inbound'],
  adopt: ['inbound'],
  'inbound-contracts': ['inbound'],
  'management-deliveries': ['inbound', 'outbound'],
  replay: ['inbound', 'outbound'],
  tools: ['inbound', 'outbound'],
};

const nameOf = (file: string): string => basename(file, '.test.ts');

/** The place of a file in the order above, counted from 0. Files that are not flow tests come last. */
export function placeOf(file: string): number {
  const place = Object.keys(lanesOfFiles).indexOf(nameOf(file));
  return place === -1 ? Number.MAX_SAFE_INTEGER : place;
}

/**
 * Waits until no other file is in the lanes of this one.
 *
 * @param url of the lane keeper
 * @returns a function that leaves them; the end of the process does so, too
 * @throws Error if no lanes are given for the file
 */
export async function enterLanes(url: string, file: string): Promise<() => void> {
  const lanes = lanesOfFiles[nameOf(file)];
  if (lanes === undefined) throw new Error(`${file} has no lanes: add it to test/flows/support/lanes.ts`);
  const request = get(`${url}/${lanes.map(encodeURIComponent).join('/')}`, { agent: false });
  const [response]: IncomingMessage[] = await once(request, 'response');
  response?.on('error', () => undefined);
  request.on('error', () => undefined);
  return () => void request.destroy();
}
