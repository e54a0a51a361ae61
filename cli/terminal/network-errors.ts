/** A network fault. */
interface Fault {
  readonly codes: RegExp;
  readonly what: string;
  readonly advice: string;
  /** Advice when AWS_ENDPOINT_URL replaces AWS. @default isItRunning */
  readonly endpointAdvice?: string;
}

const isItRunning =
  'Is npx hookline start running? For another AWS leave out --local, or unset AWS_ENDPOINT_URL.';
const isThisMachineOnline = 'Is this machine online? Is a firewall, VPN or proxy in between?';

/** Faults by the error codes of Node, of fetch and of the AWS SDK. */
const faults: readonly Fault[] = [
  { codes: /^ECONNREFUSED$/, what: 'connection refused', advice: 'Start the server, or correct the URL.' },
  {
    codes: /^(ENOTFOUND|EAI_|ENODATA$|ESERVFAIL$)/,
    what: 'DNS lookup failed',
    advice: 'Correct the host name or the region. Is this machine online?',
  },
  { codes: /TIMEDOUT$|TIMEOUT$|^TimeoutError$/, what: 'timed out', advice: isThisMachineOnline },
  { codes: /^E(HOST|NET)(UNREACH|DOWN)$/, what: 'host unreachable', advice: isThisMachineOnline },
  {
    codes: /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/,
    what: 'connection closed',
    advice: 'Try again. Is a proxy in between?',
  },
  {
    codes: /CERT|^UNABLE_TO_/,
    what: 'certificate not trusted',
    advice: 'Set NODE_EXTRA_CA_CERTS to a file with the CA certificates to trust.',
    endpointAdvice: 'Use --local, or eval "$(npx hookline env)" again.',
  },
  {
    codes: /^(EPROTO$|ERR_SSL_|HPE_)/,
    what: 'protocol error',
    advice: 'Correct the port, or the scheme: http or https.',
  },
];

/**
 * Describes a network error: the server, the fault and the next step.
 *
 * Of a URL only the origin is shown, because the rest may be a secret.
 *
 * @param url undefined for a call to AWS
 * @returns undefined when the error is not a network error
 */
export function whyUnreachable(error: unknown, url?: string | URL): string | undefined {
  const chain = causesOf(error);
  const [found] = chain.flatMap(codesOf).flatMap(faultOf);
  if (found === undefined) return undefined;
  const endpoint = originOf(process.env['AWS_ENDPOINT_URL']);
  const server = originOf(url) ?? endpoint ?? hostIn(chain) ?? 'AWS';
  const advice = server === endpoint ? (found.endpointAdvice ?? isItRunning) : found.advice;
  return `${server} does not respond: ${found.what} (${found.code}). ${advice}`;
}

/** An error, its causes, and the errors of each address that was tried. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const tried = error instanceof AggregateError ? error.errors : [];
  return [error, ...[...tried, error.cause].flatMap(causesOf)];
}

/** The code comes first, because it says more: the SDK names a closed connection TimeoutError, too. */
const codesOf = (error: Error): string[] => [
  ...('code' in error && typeof error.code === 'string' ? [error.code] : []),
  error.name,
];

const faultOf = (code: string): (Fault & { readonly code: string })[] =>
  faults.filter(({ codes }) => codes.test(code)).map((fault) => ({ ...fault, code }));

const hostIn = (chain: readonly Error[]): string | undefined =>
  chain.flatMap((error) => ('hostname' in error ? [String(error.hostname)] : []))[0];

/** The scheme, the host and the port. */
export const originOf = (url: string | URL | undefined): string | undefined => URL.parse(String(url))?.origin;
