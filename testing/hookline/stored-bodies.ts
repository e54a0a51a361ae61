/** The payload bucket in memory. */
export function storedBodies() {
  const objects = new Map<string, Uint8Array>();
  return {
    get: async (key: string): Promise<Uint8Array | undefined> => objects.get(key),
    async put(key: string, bytes: Uint8Array): Promise<void> {
      objects.set(key, bytes);
    },
  };
}
