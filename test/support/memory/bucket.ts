import { payloadStore } from '../../../lambdas/adapters/s3/payload-store.ts';
import { type Objects, s3InMemory } from '../s3/s3.ts';

const name = 'payloads';

/** The payload bucket in memory, under the real adapter. */
export function memoryBucket() {
  const objects: Objects = new Map();
  return { ...payloadStore(s3InMemory({ [name]: objects }), name), objects };
}
