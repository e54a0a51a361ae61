/** A DNS lookup failed. `code` is that of c-ares, such as `ENOTFOUND`, `ESERVFAIL` or `ETIMEOUT`. */
export class NameLookupError extends Error {
  override name = 'NameLookupError' as const;
  readonly code: string;
  /** The message without its phase. */
  readonly reason: string;

  /** @param within the lookup's time limit in milliseconds */
  constructor(hostname: string, code: string, within: number) {
    const reason = `${wordsFor(hostname, code, within)} (${code})`;
    super(`dns: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** @see https://nodejs.org/api/dns.html#error-codes */
function wordsFor(hostname: string, code: string, within: number): string {
  switch (code) {
    case 'ENOTFOUND':
      return `${hostname} does not exist`;
    case 'ENODATA':
      return `${hostname} has no address: add an A record`;
    case 'ETIMEOUT':
      return `no DNS response for ${hostname} within ${within} ms`;
    case 'ESERVFAIL':
      return `${hostname} cannot be resolved: its name servers return SERVFAIL`;
    case 'EREFUSED':
      return `${hostname} cannot be resolved: its name servers return REFUSED`;
    default:
      return `${hostname} cannot be resolved`;
  }
}
