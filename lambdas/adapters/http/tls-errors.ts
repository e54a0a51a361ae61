import { isIP } from 'node:net';
import type { FailurePlace } from './errors.ts';

type Validity = FailurePlace['validity'];

const incomplete =
  'certificate does not chain to a known authority: send the intermediate certificates, or use one of a public authority';

/** Certificate faults by OpenSSL's code. */
const certificateFaults: Readonly<Record<string, (validity: Validity) => string>> = {
  CERT_HAS_EXPIRED: (validity) => `certificate expired${onDay(validity?.to)}`,
  CERT_NOT_YET_VALID: (validity) =>
    `certificate is not valid before ${dayOf(validity?.from) ?? 'a later day'}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: () => 'certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: () => 'certificate was issued by an authority that is not public',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => 'certificate chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT: () => 'certificate chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => 'certificate chain is incomplete, or its authority is not public',
  CERT_REVOKED: () => 'certificate is revoked',
  INVALID_PURPOSE: () => 'certificate is not for servers',
};
const remedies: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew the certificate',
  CERT_NOT_YET_VALID: 'use one that is valid today',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'use one of a public authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'use one of a public authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'send the intermediate certificates',
  UNABLE_TO_GET_ISSUER_CERT: 'send the intermediate certificates',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'send the intermediate certificates',
  CERT_REVOKED: 'renew the certificate',
  INVALID_PURPOSE: 'use one with the purpose serverAuth',
};

/** Handshake faults by OpenSSL's message; the first match counts. */
const handshakeFaults: readonly (readonly [RegExp, string])[] = [
  [
    /wrong.version.number|packet.length.too.long|http.request|bad.record.type/i,
    'the port does not speak TLS: is it a plain http port?',
  ],
  [
    /unsupported.protocol|protocol.version|version.too.low/i,
    'the server does not support TLS 1.2 or 1.3: enable one of them',
  ],
  [
    /certificate.(required|unknown|revoked|expired)|(bad|unsupported).certificate|unknown.ca|access.denied/i,
    'the server requires a client certificate, which is not supported',
  ],
  [/no.application.protocol/i, 'the server supports HTTP/2 only: enable HTTP/1.1'],
  [/unrecognized.name/i, 'the server does not recognise the host name (SNI): configure it there'],
  [
    /handshake.failure|no.shared.cipher|no.ciphers|insufficient.security/i,
    'no cipher suite in common: enable a standard one of TLS 1.2 or 1.3',
  ],
  [
    /(dh|ee|ca).key.too.small|md.too.weak|bad.ecpoint|unsafe.legacy/i,
    "the server's keys or algorithms are too weak: use current ones",
  ],
  [/internal.error/i, 'the server reported an internal error: check its TLS configuration'],
];
/** After the handshake only these are about TLS: a server that requires a client certificate reports it then. */
const isOfTls = /^(ERR_(TLS|SSL|OSSL)|EPROTO$)/;

/**
 * Describes an endpoint's TLS fault and its remedy.
 *
 * @param host the URL's host
 * @param phase of the attempt, if known
 * @returns undefined when the error is not about TLS
 */
export function tlsFault(
  error: unknown,
  code: string,
  host: string,
  phase: string | undefined,
  validity: Validity,
): string | undefined {
  const about = certificateFaults[code];
  if (about !== undefined) return `${about(validity)} (${code}): ${remedies[code]}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongHost(namesOf(error), host, code);
  if (isOfTls.test(code)) return `${handshakeFault(error, code)} (${code})`;
  if (phase !== 'head' && isWeak(error, code))
    return `certificate has a key or signature that is too weak (${code}): use one with SHA-256, and RSA of 2048 bits or an elliptic curve`;
  const isCertificate = /CERT|^UNABLE_TO_|^INVALID_|^HOSTNAME_|^UNSPECIFIED$|_CRL_|^PATH_LENGTH/.test(code);
  return isCertificate && phase !== 'head' ? `${incomplete} (${code})` : undefined;
}

const handshakeFault = (error: unknown, code: string): string => {
  const said = `${code} ${error instanceof Error ? error.message : ''}`;
  return (
    handshakeFaults.find(([sign]) => sign.test(said))?.[1] ??
    'the TLS handshake failed: check the TLS configuration of the server'
  );
};

/** OpenSSL has no code for a weak key or signature. */
const isWeak = (error: unknown, code: string): boolean =>
  code === 'UNSPECIFIED' && error instanceof Error && /too weak/.test(error.message);

/** Node ignores a common name if there are alternative names, and an address that is listed as a DNS name. */
function wrongHost(names: string, host: string, code: string): string {
  if (isIP(host) !== 0)
    return `certificate does not have the address ${host} (${code}): use the name of the host in the URL`;
  const advice =
    names.toLowerCase() === host.toLowerCase()
      ? 'use one with the host among its alternative names (SAN)'
      : 'use one that names the host';
  return `certificate is for ${names}, not ${host} (${code}): ${advice}`;
}

const maxNames = 3;
const maxNameChars = 60;

/** The names of a certificate, without addresses, which may be private. */
function namesOf(error: unknown): string {
  const cert: unknown = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const listed = textIn(cert, 'subjectaltname')
    .split(', ')
    .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  const subject = typeof cert === 'object' && cert !== null ? Reflect.get(cert, 'subject') : undefined;
  const names = listed.length > 0 ? listed : [textIn(subject, 'CN')];
  const shown = names
    .slice(0, maxNames)
    .map((name) => name.replace(/[^\x21-\x7e]/g, '?').slice(0, maxNameChars));
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : '';
  return `${shown.join(', ')}${more}` || 'another name';
}

function textIn(value: unknown, name: string): string {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : '';
}

const dayOf = (date: string | undefined): string | undefined => {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
};
const onDay = (date: string | undefined): string => {
  const day = dayOf(date);
  return day === undefined ? '' : ` on ${day}`;
};
