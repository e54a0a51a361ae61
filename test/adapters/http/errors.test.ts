import { describe, expect, it } from 'vitest';
import {
  BlockedAddressError,
  FailedExchange,
  outcomeOfError,
  TimeUpError,
} from '../../../lambdas/adapters/http/errors.ts';
import { NameLookupError } from '../../../lambdas/adapters/http/name-lookup-error.ts';
import { isOwnFault, OwnFaultError } from '../../../lambdas/adapters/http/own-fault.ts';
import type { AttemptPhase } from '../../../lambdas/domain/attempt-outcome.ts';

/** As Node makes them: the message has the address that was tried. */
const fault = (code: string, more: object = {}) =>
  Object.assign(new Error(`connect ${code} 10.0.0.1:443 - Local (10.0.0.9:41000)`), {
    code,
    syscall: 'connect',
    address: '10.0.0.1',
    port: 443,
    ...more,
  });
const named = (code: string): Error => new NameLookupError('hooks.example', code, 5000);
const at = (phase: AttemptPhase, cause: unknown) =>
  outcomeOfError(new FailedExchange(cause, { phase, host: 'hooks.example' }));

describe('a failure', () => {
  it.each<[AttemptPhase, Error, string, string]>([
    ['dns', named('ENOTFOUND'), 'dns', 'hooks.example does not exist (ENOTFOUND)'],
    ['dns', named('ENODATA'), 'dns', 'hooks.example has no address: add an A record (ENODATA)'],
    [
      'dns',
      named('ESERVFAIL'),
      'dns',
      'hooks.example cannot be resolved: its name servers return SERVFAIL (ESERVFAIL)',
    ],
    ['dns', named('ETIMEOUT'), 'dns', 'no DNS response for hooks.example within 5000 ms (ETIMEOUT)'],
    ['dns', named('EBADRESP'), 'dns', 'hooks.example cannot be resolved (EBADRESP)'],
    [
      'connect',
      fault('ECONNREFUSED'),
      'network',
      'connection refused: nothing listens on the port, or a firewall rejects it (ECONNREFUSED)',
    ],
    ['connect', fault('EHOSTUNREACH'), 'network', 'no route to the host (EHOSTUNREACH)'],
    [
      'connect',
      fault('ENETUNREACH'),
      'network',
      'no route to the network of the host: does its name have an A record (IPv4)? (ENETUNREACH)',
    ],
    [
      'connect',
      fault('ETIMEDOUT'),
      'timeout',
      'the connection timed out: the host does not respond (ETIMEDOUT)',
    ],
    ['connect', fault('ECONNRESET'), 'network', 'the connection was reset (ECONNRESET)'],
    ['connect', fault('EWHATEVER'), 'network', 'the connection failed (EWHATEVER)'],
    ['connect', new TimeUpError('not connected within 5000 ms'), 'timeout', 'not connected within 5000 ms'],
    [
      'tls',
      fault('UNABLE_TO_GET_CRL'),
      'tls',
      'certificate does not chain to a known authority: send the intermediate certificates, or use one of a public authority (UNABLE_TO_GET_CRL)',
    ],
    [
      'tls',
      fault('ERR_SSL_SOMETHING_NEW'),
      'tls',
      'the TLS handshake failed: check the TLS configuration of the server (ERR_SSL_SOMETHING_NEW)',
    ],
    [
      'tls',
      Object.assign(new Error('CA signature digest algorithm too weak'), { code: 'UNSPECIFIED' }),
      'tls',
      'certificate has a key or signature that is too weak (UNSPECIFIED): use one with SHA-256, and RSA of 2048 bits or an elliptic curve',
    ],
    [
      'tls',
      fault('INVALID_PURPOSE'),
      'tls',
      'certificate is not for servers (INVALID_PURPOSE): use one with the purpose serverAuth',
    ],
    [
      'tls',
      fault('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'),
      'tls',
      'the server supports HTTP/2 only: enable HTTP/1.1 (ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)',
    ],
    [
      'tls',
      fault('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'),
      'tls',
      'the server requires a client certificate, which is not supported (ERR_SSL_TLSV1_ALERT_UNKNOWN_CA)',
    ],
    [
      'tls',
      fault('ERR_TLS_CERT_ALTNAME_INVALID', { cert: { subject: { CN: 'Hooks.example' } } }),
      'tls',
      'certificate is for Hooks.example, not hooks.example (ERR_TLS_CERT_ALTNAME_INVALID): use one with the host among its alternative names (SAN)',
    ],
    [
      'head',
      fault('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      'tls',
      'the server requires a client certificate, which is not supported (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
    ],
    ['head', fault('ECONNRESET'), 'network', 'connection closed without a response (ECONNRESET)'],
    ['head', fault('EPIPE'), 'network', 'the connection was closed while the request was sent (EPIPE)'],
    [
      'head',
      fault('HPE_INVALID_CONSTANT'),
      'protocol',
      'the response is not HTTP/1.1 (HPE_INVALID_CONSTANT)',
    ],
  ])('a failure at %s: %s is %s: %s', (phase, error, cause, text) => {
    expect(at(phase, error)).toMatchObject({ kind: 'unreachable', cause, error: text });
    expect(JSON.stringify(at(phase, error))).not.toContain('10.0.0');
  });

  it('a failure of several addresses is described by the most informative error', () => {
    const refused = fault('ECONNREFUSED');
    const unrouted = fault('ENETUNREACH', { address: '2001:db8::1' });

    for (const errors of [
      [refused, unrouted],
      [unrouted, refused],
    ])
      expect(at('connect', new AggregateError(errors))).toMatchObject({
        error: expect.stringContaining('(ECONNREFUSED)'),
      });
    expect(at('connect', new AggregateError([unrouted, unrouted]))).toMatchObject({
      error: expect.stringContaining('(ENETUNREACH)'),
    });
  });

  it('a name that resolves to a forbidden address is not a failure to reach it', () => {
    expect(at('dns', new BlockedAddressError('not a public address'))).toEqual({
      kind: 'blocked',
      isLiteral: false,
      error: 'not a public address',
    });
  });

  it('a certificate without the address in the URL is described without repeating the address', () => {
    const cause = fault('ERR_TLS_CERT_ALTNAME_INVALID', { cert: { subjectaltname: 'DNS:192.0.2.1' } });

    expect(outcomeOfError(new FailedExchange(cause, { phase: 'tls', host: '192.0.2.1' }))).toMatchObject({
      error:
        'certificate does not have the address 192.0.2.1 (ERR_TLS_CERT_ALTNAME_INVALID): use the name of the host in the URL',
    });
  });

  it('a failure keeps its text about a certificate short, and free of addresses', () => {
    const names = [
      'DNS:a.example',
      'IP Address:10.0.0.1',
      `DNS:${'x'.repeat(500)}`,
      'DNS:c\u001b[2J',
      'DNS:d',
      'DNS:e',
    ];
    const error = fault('ERR_TLS_CERT_ALTNAME_INVALID', { cert: { subjectaltname: names.join(', ') } });

    const outcome = at('tls', error);

    expect(outcome).toMatchObject({
      cause: 'tls',
      error: expect.stringMatching(
        /^certificate is for a\.example, x{60}, c\?\[2J and 2 more, not hooks\.example/,
      ),
    });
    expect(JSON.stringify(outcome)).not.toContain('10.0.0.1');
  });
});

describe('a fault of our own', () => {
  it.each([
    fault('EMFILE'),
    fault('ENFILE'),
    fault('ENOMEM'),
    fault('ENOBUFS'),
    fault('EADDRNOTAVAIL'),
    new AggregateError([fault('ECONNREFUSED'), fault('EMFILE')]),
    new TypeError('Cannot read properties of undefined'),
    new RangeError('out of range'),
    Object.assign(new RangeError('The value of "port" is out of range'), { code: 'ERR_OUT_OF_RANGE' }),
    'thrown text',
  ])('a fault of our own (%s) is thrown and contains no address', (error) => {
    expect(isOwnFault(error)).toBe(true);
    expect(() => at('connect', error)).toThrow(OwnFaultError);
    expect(() => at('connect', error)).toThrow(
      /^(?:a fault of this deployment, not of the endpoint|this function cannot open a connection) \(\w+\)$/,
    );
  });

  it.each([
    fault('ECONNREFUSED'),
    fault('ECONNRESET'),
    // What a firewall on the way answers by ICMPv6.
    fault('EACCES', { address: '2001:db8::1' }),
    fault('EADDRNOTAVAIL', { address: '2001:db8::1' }),
    fault('HPE_INVALID_CONSTANT'),
    Object.assign(new SyntaxError('Invalid subject alternative name string'), {
      code: 'ERR_TLS_CERT_ALTNAME_FORMAT',
    }),
    new TimeUpError('no answer'),
    new BlockedAddressError('not public'),
    new Error('unknown'),
  ])('an error that is not our own fault stays an outcome: %s', (error) => {
    expect(isOwnFault(error)).toBe(false);
    expect(() => at('connect', error)).not.toThrow();
  });
});
