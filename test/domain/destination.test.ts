import { describe, expect, it } from 'vitest';
import { checkAddress, checkUrl } from '../../lambdas/domain/destination.ts';
import destinations from '../ssrf/destinations.json' with { type: 'json' };

const production = { localEndpoints: false, allowedPorts: [443] };
const local = { ...production, localEndpoints: true };

describe('where a request may go', () => {
  it.each(destinations.allowed)('lets %s pass', (url) => {
    expect(checkUrl(url, production)).toMatchObject({ ok: true, isLocal: false });
  });

  it.each(destinations.refused)('refuses %s for good', (url) => {
    expect(checkUrl(url, production)).toMatchObject({
      ok: false,
      isLiteral: true,
      reason: expect.any(String),
    });
  });

  it.each(destinations.allowedLocally)('lets %s pass on a laptop', (url) => {
    expect(checkUrl(url, local).ok).toBe(true);
  });

  it.each(destinations.refusedLocally)('refuses %s on a laptop, too', (url) => {
    expect(checkUrl(url, local).ok).toBe(false);
  });

  it.each(destinations.publicAddresses)('lets a name resolve to %s', (address) => {
    expect(checkAddress(address)).toEqual({ ok: true });
  });

  it.each(destinations.otherAddresses)('lets no name resolve to "%s"', (address) => {
    expect(checkAddress(address).ok).toBe(false);
  });

  it('goes to other ports where they are allowed', () => {
    const rules = { ...production, allowedPorts: [443, 8443] };

    expect(checkUrl('https://example.com:8443/', rules).ok).toBe(true);
    expect(checkUrl('https://example.com:8444/', rules)).toMatchObject({
      reason: 'port 8444 is not allowed',
    });
  });
});
