import { X509Certificate } from 'node:crypto';
import type { UnixMillis } from '../time.ts';
import type { CheckContext } from './check.ts';

/** The most intermediates between leaf and root. */
const maxIntermediates = 3;
const pemBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Which certificates a provider signs with. */
export interface CertificatePin {
  /** The subject's common name. */
  readonly commonName: RegExp;
  /** Hosts that a missing intermediate may be fetched from, by plain HTTP too: the chain proves it. */
  readonly issuerHost: RegExp;
}

/** The key server's response is not a certificate. The next request may succeed. */
class NoCertificateError extends Error {
  override name = 'NoCertificateError' as const;
}

/**
 * Returns the first certificate of a PEM if it is the provider's: RSA, in date, with the right name, and with a chain
 * to a trusted root.
 *
 * @returns undefined when it is not
 * @throws NoCertificateError when the text is not PEM; also what `fetchKey` throws
 */
export async function trustedLeaf(
  pem: string,
  pin: CertificatePin,
  context: CheckContext,
): Promise<X509Certificate | undefined> {
  const [leaf, ...others] = (pem.match(pemBlock) ?? []).map(certificate);
  if (leaf === undefined) throw new NoCertificateError('the certificate is not PEM');
  const commonName = /^CN=(.+)$/m.exec(leaf.subject)?.[1] ?? '';
  const isRsa = leaf.publicKey.asymmetricKeyType === 'rsa';
  if (!isRsa || !pin.commonName.test(commonName) || !isInDate(leaf, context.now)) return undefined;
  return (await hasChain(leaf, others, pin, context)) ? leaf : undefined;
}

function certificate(pem: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new NoCertificateError('the certificate cannot be read', { cause });
  }
}

async function hasChain(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  pin: CertificatePin,
  context: CheckContext,
): Promise<boolean> {
  const roots = parsedRoots(context.roots());
  let current = leaf;
  for (let depth = 0; depth <= maxIntermediates; depth++) {
    if (roots.some((root) => isIssuedBy(current, root) && isInDate(root, context.now))) return true;
    const issuer =
      others.find((other) => isIssuedBy(current, other)) ?? (await fetchIssuer(current, pin, context));
    if (issuer === undefined || !isIssuedBy(current, issuer) || !isInDate(issuer, context.now)) return false;
    current = issuer;
  }
  return false;
}

/** Parsed roots by list. There are about two hundred, and parsing them takes ten milliseconds. */
const knownRoots = new WeakMap<readonly string[], readonly X509Certificate[]>();

function parsedRoots(pems: readonly string[]): readonly X509Certificate[] {
  const known = knownRoots.get(pems) ?? pems.map(certificate);
  knownRoots.set(pems, known);
  return known;
}

/** Checks the issuer's name, its key, and that it is a CA. */
const isIssuedBy = (subject: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);

const isInDate = ({ validFromDate, validToDate }: X509Certificate, now: UnixMillis): boolean =>
  validFromDate.getTime() <= now && now <= validToDate.getTime();

/** Fetches the issuer from the URL in the certificate, for servers that send no intermediates. */
async function fetchIssuer(
  { infoAccess }: X509Certificate,
  { issuerHost }: CertificatePin,
  { fetchKey }: CheckContext,
): Promise<X509Certificate | undefined> {
  const place = /^CA Issuers - URI:(http:\/\/\S+)$/m.exec(infoAccess ?? '')?.[1];
  if (place === undefined || !URL.canParse(place)) return undefined;
  const url = new URL(place);
  if (!issuerHost.test(url.hostname) || url.port !== '' || url.username !== '') return undefined;
  const { isThere, text } = await fetchKey(url);
  return isThere ? certificate(Buffer.from(text, 'latin1')) : undefined;
}
