import { describe, expect, it } from 'vitest';
import { later, type Seconds, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ReceivePorts } from '../../../lambdas/inbound/receive-ports.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const rememberFor = seconds(3_600);

/** What remembering once-only tokens must do. @param make each source gets its own */
export function onceOnlyContract(
  name: string,
  make: (source: string, rememberFor: Seconds) => Promise<ReceivePorts['useOnce']>,
): void {
  describe(`once-only tokens in ${name}`, () => {
    it('are good for one body, however often it comes', async () => {
      const useOnce = await make(crypto.randomUUID(), rememberFor);

      expect(await useOnce('token', 'body', now)).toBe(true);
      expect(await useOnce('token', 'body', later(now, seconds(60)))).toBe(true);
      expect(await useOnce('token', 'other body', later(now, seconds(61)))).toBe(false);
      expect(await useOnce('other token', 'other body', now)).toBe(true);
    });

    it('are good for another body once their time is over, though nothing has deleted them', async () => {
      const useOnce = await make(crypto.randomUUID(), rememberFor);
      await useOnce('token', 'body', now);

      expect(await useOnce('token', 'other body', later(now, rememberFor))).toBe(false);
      expect(await useOnce('token', 'other body', later(now, seconds(3_601)))).toBe(true);
    });

    it('of two sources are two', async () => {
      const [first, second] = [
        await make(crypto.randomUUID(), rememberFor),
        await make(crypto.randomUUID(), rememberFor),
      ];
      await first('token', 'body', now);

      expect(await second('token', 'other body', now)).toBe(true);
    });
  });
}
