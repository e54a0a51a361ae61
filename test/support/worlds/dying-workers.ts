type PortFunction = (...args: unknown[]) => unknown;
const synchronous = new Set(['now', 'random', 'forBatch', 'info', 'warn', 'error', 'count']);

/**
 * Worker processes that stop at a port call: some for good, and some only stall, and go on much later as if nothing had been.
 */
export function dyingWorkers() {
  const stalled: (() => void)[] = [];

  function wrap<Ports extends object>(ports: Ports, limiterKey: () => Promise<void>): Ports {
    const entries = Object.entries(ports).map(([name, port]) => {
      if (typeof port === 'object' && port !== null) return [name, wrap(port, limiterKey)];
      if (typeof port !== 'function' || synchronous.has(name)) return [name, port];
      const call = port as PortFunction;
      return [
        name,
        async (...args: unknown[]) => {
          await limiterKey();
          const value = await call(...args);
          await limiterKey();
          return value;
        },
      ];
    });
    return Object.fromEntries(entries);
  }

  return {
    /**
     * @param halfCalls until the worker stops, before or after an effect
     * @param isDead it never goes on
     */
    async run<Ports extends object>(
      { halfCalls, isDead }: { readonly halfCalls: number; readonly isDead: boolean },
      ports: Ports,
      work: (ports: Ports) => Promise<unknown>,
    ): Promise<void> {
      let left = halfCalls;
      const stopped = Promise.withResolvers<void>();
      const limiterKey = async (): Promise<void> => {
        if (left-- > 0) return;
        stopped.resolve();
        await new Promise<void>((resolve) => !isDead && stalled.push(resolve));
      };
      const end = work(wrap(ports, limiterKey));
      await Promise.race([end, stopped.promise]);
    },

    /** Lets every worker that has stopped go on; their calls take effect now. */
    async reviveStalled(): Promise<void> {
      while (stalled.length > 0) {
        for (const resume of stalled.splice(0)) resume();
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      }
    },
  };
}
