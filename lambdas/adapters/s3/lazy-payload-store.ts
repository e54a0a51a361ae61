import type { CallBounds } from '../call-bounds.ts';
import type { payloadStore } from './payload-store.ts';

type PayloadStore = ReturnType<typeof payloadStore>;

/** The payload store, loaded at its first call: few events are large, and a cold start waits for every client's code. */
export function lazyPayloadStore(bounds: CallBounds, bucket: string): PayloadStore {
  let store: PayloadStore | undefined;
  const loaded = async (): Promise<PayloadStore> => {
    const [{ s3Client }, { payloadStore: storeOf }] = await Promise.all([
      import('./client.ts'),
      import('./payload-store.ts'),
    ]);
    store ??= storeOf(s3Client(bounds), bucket);
    return store;
  };
  return {
    put: async (key, bytes) => (await loaded()).put(key, bytes),
    get: async (key) => (await loaded()).get(key),
  };
}
