import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { type ProviderName, providerOf } from '../lambdas/domain/provider/catalogue.ts';
import type { GenericSettings } from '../lambdas/domain/provider/generic.ts';
import type { Provider } from '../lambdas/domain/provider/provider.ts';
import { readSecretValue } from '../lambdas/domain/provider/secret.ts';
import type { VerificationKey } from '../lambdas/domain/signature/key.ts';
import { sourceCheckDefaults } from '../lambdas/domain/source-check-defaults.ts';
import { type UnixMillis, unixMillis } from '../lambdas/domain/time.ts';
import { InvalidSecretError } from '../verify/given-keys.ts';
import { named } from './samples/named.ts';
import { sampleOf } from './samples/sample-of.ts';
import { type EventData, withData } from './samples/with-data.ts';
import { withId, withType } from './samples/with-type.ts';
import { fetchRequest, lambdaEvent, type SignedRequest } from './signed-request.ts';
import { CannotSignError, type Draft, withHeaders } from './signing/draft.ts';
import { schemeOf, signRequest } from './signing/sign-request.ts';
import { beyond, signsTime } from './signing/signed-time.ts';
import { tampered } from './signing/tamper.ts';
import { testFetch, testRoots, testSigners } from './signing/test-keys.ts';
import { testSecret } from './signing/test-secret.ts';

/** What differs from the provider's sample, signed now with the default test secret. */
export interface SignOptions {
  /** @default the provider's test secret, which `testHookline` uses, too: see `testSecretOf` */
  readonly secret?: string;
  /** For a `secret` that is a public key: PEM or a key object. */
  readonly privateKey?: string | KeyObject;
  /** The URL that the provider knows. @default https://hookline.test/webhooks/ and the provider's name */
  readonly url?: string;
  /** The event's id. @default a new one */
  readonly id?: string;
  /** When it is signed, as a date or in unix milliseconds. @default now */
  readonly at?: Date | number;
  /** The whole body, in place of the sample: exactly this text or these bytes. */
  readonly body?: string | Uint8Array;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One signed byte is changed: the request must be refused. @default false */
  readonly tampered?: boolean;
  /** The signed time is a minute outside the tolerance: the request must be refused. @default false */
  readonly stale?: boolean;
}

/**
 * Makes a signed request of a provider.
 *
 * @param type the event type; undefined for the sample's
 * @param data fields of the event, merged into the sample's
 * @throws CannotSignError saying which option is missing, or cannot be met with this provider
 */
export function sign(
  name: ProviderName,
  type: string | undefined,
  data: EventData,
  options: SignOptions & Omit<GenericSettings, 'provider'>,
): SignedRequest {
  const { hmac, token, ed25519, url = `https://hookline.test/webhooks/${name}` } = options;
  const provider = providerOf({ name, provider: name, hmac, token, ed25519 });
  const { secret, privateKey } = secretsOf(name, options);
  const key = keyIn(secret, name, provider);
  const givenAt = unixMillis(Number(options.at ?? Date.now()));
  const at = options.stale ? staleTime(name, provider, key, givenAt) : givenAt;
  const messageId = options.id ?? randomUUID();
  const draft = draftOf(name, provider, named(sampleOf(name, url, at), provider), key, {
    ...options,
    type,
    data,
  });
  const signed = signRequest(name, provider, draft, { key, at, messageId, privateKey }, testSigners());
  const sent = options.tampered ? tampered(name, signed, key) : signed;
  return {
    ...sent,
    provider: name,
    secret,
    fetch: testFetch,
    roots: testRoots,
    ...(hmac && { hmac }),
    ...(token && { token }),
    ...(ed25519 && { ed25519 }),
    toRequest: () => fetchRequest(sent),
    toLambdaEvent: () => lambdaEvent(sent, Date.now()),
  };
}

function secretsOf(name: string, { secret, privateKey }: SignOptions) {
  if (secret === undefined) return testSecret(name);
  return { secret, privateKey: typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey };
}

function keyIn(secret: string, name: string, provider: Provider): VerificationKey {
  const [dated] = readSecretValue(secret, provider.secret).value?.keys ?? [];
  if (dated === undefined) throw new InvalidSecretError(`the secret given for ${name} is not of its form`);
  return dated.key;
}

function staleTime(name: string, provider: Provider, key: VerificationKey, at: UnixMillis): UnixMillis {
  if (signsTime(name, provider, key)) return beyond(provider.tolerance ?? sourceCheckDefaults.tolerance, at);
  throw new CannotSignError(
    `${name} does not sign a timestamp, so a request is never too old: no \`stale\`.`,
  );
}

interface Changes extends SignOptions {
  readonly type?: string;
  readonly data: EventData;
}

/** The sample with the changes, unsigned. */
function draftOf(
  name: string,
  provider: Provider,
  sample: Draft,
  key: VerificationKey,
  changes: Changes,
): Draft {
  const { type, data, id, body, headers = {} } = changes;
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  let draft = withHeaders(body === undefined ? sample : { ...sample, body: Buffer.from(body) }, lower);
  const must = (changed: Draft | undefined, what: string): Draft => {
    if (changed !== undefined) return changed;
    throw new CannotSignError(`${what} cannot be set in the sample of ${name}: give the whole \`body\`.`);
  };
  if (Object.keys(data).length > 0) draft = must(withData(draft, provider, data), 'Fields');
  if (type !== undefined) draft = must(withType(draft, provider, type), 'The type');
  if (id === undefined || isSignedId(provider, key)) return draft;
  return must(withId(draft, provider, id), 'The id');
}

/** Whether the event's id is the signed message id, which the signer writes. */
function isSignedId({ id, ...provider }: Provider, key: VerificationKey): boolean {
  const scheme = schemeOf({ id, ...provider }, key);
  return id.from === 'header' && scheme?.idHeader !== undefined && scheme.idHeader === id.name;
}
