import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAddress, checkUrl } from '../../lambdas/domain/destination-rules.ts';
import destinations from '../ssrf/destinations.json' with { type: 'json' };

const production = { localEndpoints: false, allowedPorts: [443] };
const local = { ...production, localEndpoints: true };

describe('where a request may go', () => {
  it.each(destinations.allowed)('a request to %s is allowed', (url) => {
    expect(checkUrl(url, production)).toMatchObject({ ok: true, isLocal: false });
  });

  it.each(destinations.refused)('a request to %s is refused permanently', (url) => {
    expect(checkUrl(url, production)).toMatchObject({
      ok: false,
      isLiteral: true,
      reason: expect.any(String),
    });
  });

  it.each(destinations.allowedLocally)('a request to %s is allowed on a laptop', (url) => {
    expect(checkUrl(url, local).ok).toBe(true);
  });

  it.each(destinations.refusedLocally)('a request to %s is refused on a laptop, too', (url) => {
    expect(checkUrl(url, local).ok).toBe(false);
  });

  it.each(destinations.publicAddresses)('a name that resolves to %s is allowed', (address) => {
    expect(checkAddress(address)).toEqual({ ok: true });
  });

  it.each(destinations.otherAddresses)('a name that resolves to "%s" is refused', (address) => {
    expect(checkAddress(address).ok).toBe(false);
  });

  it('a request to another port is allowed if the port is', () => {
    const rules = { ...production, allowedPorts: [443, 8443] };

    expect(checkUrl('https://example.com:8443/', rules).ok).toBe(true);
    expect(checkUrl('https://example.com:8444/', rules)).toMatchObject({
      reason: 'port 8444 is not allowed',
    });
  });
});

describe('a URL', () => {
  const read = (text: string) => {
    const checked = checkUrl(text, production);
    return checked.ok ? checked.url.href : checked.reason;
  };

  it.each([
    'https://a.example:99999/',
    'https://a.example:abc/',
    'https://a.example:-1/',
    'https://[2600::1]:70000/',
  ])('a URL with an invalid port is refused as such: %s', (url) => {
    expect(read(url)).toBe('expected a port from 1 to 65535');
  });

  it.each([
    [' \thttps://example.com/hooks\r\n', 'https://example.com/hooks'],
    ['\u00a0https://example.com/hooks\ufeff', 'https://example.com/hooks'],
    ['HTTPS://EXAMPLE.com./hooks', 'https://example.com/hooks'],
    ['https://example.com.:443/', 'https://example.com/'],
    ['https://Bücher.example./', 'https://xn--bcher-kva.example/'],
    ['https://example.com/a./b', 'https://example.com/a./b'],
  ])('a URL is requested without blanks around it, under the name that TLS knows: %j', (text, href) => {
    expect(read(text)).toBe(href);
  });

  it('a URL with half a character is refused', () => {
    expect(read('https://example.com/\ud800')).toContain('invisible characters');
  });

  it.each([
    ['https:example.com', 'e.g. https://example.com/path'],
    ['https://exam\tple.com', 'invisible characters'],
    ['https://example.com\\@127.0.0.1/', 'backslashes'],
    ['https://user:hunter2@example.com/', 'user name or password'],
    ['https://ex%61mple.com/', 'percent-encoding'],
    ['https://a..b/', 'a host name'],
    [`https://example.com/hunter2${'a'.repeat(2029)}`, 'at most 2048 characters'],
    ['http://example.com/hunter2', 'only https'],
  ])('a URL is refused with the rule, without being repeated: %j', (text, rule) => {
    expect(read(text)).toContain(rule);
    expect(read(text)).not.toContain('hunter2');
  });

  it('a URL is accepted only if its host is visible in it as it will be used', () => {
    const part = fc.constantFrom(
      ...['https:', 'http:', '/', '//', '\\', '@', ':', '#', '?', '.', '%', '%2f', '[', ']', '\t', '\n', ' '],
      ...['example.com', '127.0.0.1', 'user', '443', '0', 'a', '\u200b', '。', '::1', 'xn--', '-'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = `https://${parts.join('')}`;
        const checked = checkUrl(text, production);
        // A number that is an address is shown as that address.
        if (!checked.ok || /^[\d.]+$/.test(checked.url.hostname)) return;
        const shown = text.trim().toLowerCase().replaceAll('。', '.').split('/')[2] ?? '';
        expect(
          shown
            .split(/[?#]/)[0]
            ?.replace(/:(0*443)?$/, '')
            .replace(/\.$/, ''),
        ).toBe(checked.url.hostname);
      }),
      { numRuns: 5_000 },
    );
  });
});
