import { describe, expect, it } from 'vitest';
import { later, type Seconds, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { InboundPorts } from '../../../lambdas/inbound/ports.ts';

type UseOnce = InboundPorts['useOnce'];

const start = unixMillis(1_795_000_000_000);
const at = (span: number) => later(start, seconds(span));
const rememberFor = 600;

/** How tokens are accepted with one body only, the same for the table and for the fake in memory. */
export function onceOnlyContract(
  name: string,
  make: (source: string, rememberFor: Seconds) => Promise<UseOnce>,
): void {
  const setUp = () => make(`once-${crypto.randomUUID().slice(0, 8)}`, seconds(rememberFor));

  describe(`once-only tokens on ${name}`, () => {
    it('a new token is accepted', async () => {
      const useOnce = await setUp();

      expect(await useOnce('token', 'body 1', at(0))).toBe(true);
    });

    it('a token that comes again with another body is refused', async () => {
      const useOnce = await setUp();
      await useOnce('token', 'body 1', at(0));

      expect(await useOnce('token', 'body 2', at(0))).toBe(false);
      expect(await useOnce('token', 'body 2', at(300))).toBe(false);
    });

    it('a token that comes again with the same body is accepted, even after another body was refused', async () => {
      const useOnce = await setUp();
      await useOnce('token', 'body 1', at(0));
      await useOnce('token', 'body 2', at(1));

      expect(await useOnce('token', 'body 1', at(2))).toBe(true);
      expect(await useOnce('token', 'body 2', at(3))).toBe(false);
    });

    it('an expired token is accepted with another body, although TTL has not deleted its item', async () => {
      const useOnce = await setUp();
      await useOnce('token', 'body 1', at(0));

      expect(await useOnce('token', 'body 2', at(rememberFor))).toBe(false);
      expect(await useOnce('token', 'body 2', at(rememberFor + 1))).toBe(true);
      expect(await useOnce('token', 'body 1', at(rememberFor + 2))).toBe(false);
    });

    it('a redelivery with the same body extends the time for which the token is remembered', async () => {
      const useOnce = await setUp();
      await useOnce('token', 'body 1', at(0));
      await useOnce('token', 'body 1', at(300));

      expect(await useOnce('token', 'body 2', at(rememberFor + 1))).toBe(false);
    });

    it('one of many bodies that come with a token at once is accepted', async () => {
      const useOnce = await setUp();
      const bodies = ['body 1', 'body 2', 'body 3', 'body 4'];

      const accepted = await Promise.all(bodies.map((body) => useOnce('token', body, at(0))));

      expect(accepted.filter(Boolean)).toHaveLength(1);
    });

    it('tokens of one source do not affect each other, and neither do two sources', async () => {
      const useOnce = await setUp();
      const ofAnother = await setUp();
      await useOnce('token', 'body 1', at(0));

      expect(await useOnce('another token', 'body 2', at(0))).toBe(true);
      expect(await ofAnother('token', 'body 2', at(0))).toBe(true);
    });
  });
}
