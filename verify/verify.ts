import { randomUUID } from 'node:crypto';
import { type ProviderName, providerOf } from '../lambdas/domain/provider/catalogue.ts';
import type { GenericSettings } from '../lambdas/domain/provider/generic.ts';
import { parsePayload } from '../lambdas/domain/provider/payload.ts';
import type { VerificationKey } from '../lambdas/domain/signature/key.ts';
import { sourceCheckDefaults } from '../lambdas/domain/source-check-defaults.ts';
import { seconds, unixMillis } from '../lambdas/domain/time.ts';
import { type CheckPorts, checkRequest } from '../lambdas/inbound/receive.ts';
import type { ReceiveResult } from '../lambdas/inbound/receive-result.ts';
import { expectedResponse } from './expected-response.ts';
import { givenKeys } from './given-keys.ts';
import type { CheckOptions, GivenRequest, Secrets, VerifyOptions } from './options.ts';
import { providerServers } from './provider-servers.ts';
import { rawRequestOf } from './raw-request.ts';
import { type VerifyResult, verifiedEvent } from './result.ts';
import { signsUrl } from './signs-url.ts';

/**
 * Verifies a request as its provider signs, and reads its events. Nothing is stored: duplicates are yours to recognise.
 *
 * Never throws on hostile input. Needs the network only for the keys of SNS, PayPal, Plaid and eBay.
 *
 * @param provider a provider of the catalogue; or `hmac`, `token` or `ed25519` with the settings of that name
 * @throws InvalidSecretError for a secret that is not of the provider's form; TypeError for a body that was parsed, or a
 *   missing `url` that the provider signs
 * @see docs/verify.md
 * @example
 * const result = await verify('stripe', { secret, headers: request.headers, body: rawBody });
 * if (result.kind === 'verified') for (const { id, type, payload } of result.events) await handle(id, type, payload);
 */
export const verify = <Name extends ProviderName>(
  provider: Name,
  options: VerifyOptions<Name>,
): Promise<VerifyResult> => verifyGiven(provider, options);

/** The options of any provider. */
export type AnyOptions = GivenRequest & Secrets & CheckOptions & Omit<GenericSettings, 'provider'>;

/** Verifies as `verify` does, without the types of one provider. */
export async function verifyGiven(provider: ProviderName, given: AnyOptions): Promise<VerifyResult> {
  const row = providerOf({ ...given, name: provider, provider });
  const { url, method, eventId = 'provider' } = given;
  const now = unixMillis(Number(given.now ?? Date.now()));
  const request = rawRequestOf(given);
  if (url === undefined && (method === 'GET' || signsUrl(provider, row)))
    throw new TypeError(`url is missing: ${provider} signs it, or has its challenge in it`);
  const keys = givenKeys(provider, row, given.secrets ?? [given.secret], now);
  const ports = portsOf(provider, keys, given);
  const settings = {
    name: provider,
    tolerance: seconds(given.tolerance ?? row.tolerance ?? sourceCheckDefaults.tolerance),
    maxBodyBytes: given.maxBodyBytes ?? sourceCheckDefaults.maxBodyBytes,
    allowedCidrs: [],
    eventId,
  };
  const checked = await checkRequest(request, { settings, provider: row }, randomUUID(), now, ports);
  const response = (result: ReceiveResult) => expectedResponse(result, row, request);
  switch (checked.kind) {
    case 'refused': {
      const { error, cause } = checked;
      const reason = error === 'secret_not_set' ? 'no secret was given' : checked.reason;
      return { kind: 'refused', error, reason, cause, response: response(checked) };
    }
    case 'handshake':
      return { kind: 'challenge', secret: ports.sentSecret(), response: response(checked) };
    case 'verified': {
      const { events, headers, signedAt } = checked;
      return {
        kind: 'verified',
        events: events.map((event) => verifiedEvent(event, (body) => parsePayload(body, row.body))),
        signedAt: signedAt && new Date(signedAt),
        headers,
        response: response({ kind: 'accepted', events }),
      };
    }
  }
}

/** The receiver's ports, with keys that are given and a secret that the caller stores. */
function portsOf(
  provider: string,
  keys: readonly VerificationKey[],
  { fetch: fetchBy = fetch, roots, useOnce = async () => true }: CheckOptions,
): CheckPorts & { sentSecret(): string | undefined } {
  const servers = providerServers(provider, fetchBy);
  let sent: string | undefined;
  return {
    keys: {
      current: async () => (keys.length > 0 ? { kind: 'keys', keys } : { kind: 'not-set' }),
      reread: async () => undefined,
      forget: () => undefined,
    },
    handshakeSecret: {
      isAwaited: async () => true,
      store: async (secret) => {
        sent = secret;
        return true;
      },
    },
    calls: roots === undefined ? servers : { ...servers, roots: () => roots },
    useOnce: (token, fingerprint) => useOnce(token, fingerprint),
    sentSecret: () => sent,
  };
}
