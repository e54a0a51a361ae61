import type { Duration } from 'aws-cdk-lib';
import ipaddr from 'ipaddr.js';
import { ownOf } from '../lambdas/domain/own.ts';
import { type ProviderName, providerOf } from '../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../lambdas/domain/provider/generic.ts';
import {
  Ed25519Settings,
  HmacSettings,
  SignatureFields,
  SourceSettings,
  TokenSettings,
} from '../lambdas/domain/source.ts';
import { seconds } from '../lambdas/domain/time.ts';
import { unknownFields } from '../lambdas/domain/unknown-fields.ts';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import { publishedRanges } from './published-ranges.ts';
import { problemWithQuiet } from './quiet-after.ts';
import { sourceDefaults, workerTimes } from './settings.ts';
import { checkConcurrency, checked, SettingsError } from './settings-error.ts';

/** One configured sender. */
export interface SourceProps {
  /** Whose wire format it is; `hmac` is any sender that signs with a shared key, described by `hmac`. */
  readonly provider: ProviderName;
  /** How the sender signs, for `provider: 'hmac'`. @default none */
  readonly hmac?: HmacSettings;
  /** How the sender shows its token, for `provider: 'token'`. @default none */
  readonly token?: Partial<TokenSettings>;
  /** How the sender signs, for `provider: 'ed25519'`; the secret is its public key. @default none */
  readonly ed25519?: Ed25519Settings;
  /** Allowed difference between the signed timestamp and now, both ways. @default the provider's, or 5 minutes */
  readonly tolerance?: Duration;
  /** How long the previous secret still verifies after a new one was stored. @default 24 hours */
  readonly rotationOverlap?: Duration;
  /** A larger body is answered 413. @default 4 MiB */
  readonly maxBodyBytes?: number;
  /**
   * The v4 and v6 ranges that may post; `published`: those that the provider publishes (`hookline ranges` says of which day).
   * @default any address
   */
  readonly allowedCidrs?: readonly string[] | 'published';
  /**
   * `body`: the event id is the body's hash, for providers whose own id is not signed. `request`: every request is an
   * event of its own, and no redelivery is a duplicate. @default 'provider'
   */
  readonly eventId?: 'provider' | 'body' | 'request';
  /**
   * How long event ids are remembered: within it a redelivery is a duplicate. At most 400 days; at least an hour more than
   * the handler's retries, and than twice the tolerance. @default 35 days
   */
  readonly retention?: Duration;
  /** Waits before the handler's attempt 2, 3, …. @default 5 s, 30 s, 2 min, 10 min, 30 min, 2 h */
  readonly handlerRetryDelays?: readonly Duration[];
  /** How long the handlers of one batch may take; at most 14 minutes. @default 60 seconds */
  readonly handlerTimeout?: Duration;
  /** Environment variables for the handlers. Never secrets: read those from Secrets Manager. @default none */
  readonly handlerEnvironment?: Readonly<Record<string, string>>;
  /** Consumers that run at once, 2 to 1000. @default 10 */
  readonly maxConcurrency?: number;
  /**
   * Requests a second, and at once; more are answered 429. Without it the most that any source without one needs: 50 and 100,
   * or 200 and 500 for a provider that does not send again what is answered 429 (GitHub). Before such a source is removed or
   * `isolation` is changed, its route's settings must go: docs/changing-a-stack.md. @default the stage's
   */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /**
   * How long after the deploy a provider that brings its secret in a handshake (Asana, Notion) may do so; later
   * `hookline secrets await` opens the window. @default 60
   */
  readonly awaitHandshakeMinutes?: number;
  /**
   * Of the requests that are refused, a sample is kept for `hookline explain`: with this, their headers and bodies, too; without
   * it only why, when, from where, the names of the headers, and the body's size and hash. @default false
   */
  readonly keepRefusedRequests?: boolean;
  /**
   * An alarm rings when the source has had no event for so long, once it has had one: whole 5 minutes from 15 minutes to 23
   * hours, or whole hours up to 6 days. Set it well above the longest pause that is usual, nights and weekends included.
   * @default no such alarm
   */
  readonly quietAfter?: Duration;
  /** The URL that a provider which signs its URL signs, behind a custom domain or a proxy. @default the request's own */
  readonly publicUrl?: string;
}

/** Every setting of a source: what is not here is a slip. */
const sourceKinds: Readonly<Record<keyof SourceProps, SettingKind>> = {
  provider: 'any',
  hmac: 'any',
  token: 'any',
  ed25519: 'any',
  tolerance: 'duration',
  rotationOverlap: 'duration',
  maxBodyBytes: 'any',
  allowedCidrs: 'any',
  eventId: 'any',
  retention: 'duration',
  handlerRetryDelays: 'durations',
  handlerTimeout: 'duration',
  handlerEnvironment: 'any',
  maxConcurrency: 'any',
  throttle: 'any',
  quietAfter: 'duration',
  awaitHandshakeMinutes: 'any',
  keepRefusedRequests: 'any',
  publicUrl: 'any',
};

/** Sources by name; the name is the last segment of the URL. */
export type Sources = Readonly<Record<string, SourceProps>>;

/** As `SourceSettings` has it; said here in words. */
const sourceName = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** The longest that leaves Lambda's 15 minutes a margin. */
const maxHandlerTimeoutSeconds = 840;
/** A message that waits longer than its queue's retention is gone without a trace. */
const maxHandlerDelaysSeconds = 5 * 86_400;

/** Beyond it the table grows for nothing. */
const maxRetentionSeconds = 400 * 86_400;

export const handlerTimeoutOf = (source: SourceProps): Duration =>
  source.handlerTimeout ?? sourceDefaults.handlerTimeout;

/**
 * Checks all sources at once, so that one synth shows everything that is wrong.
 *
 * @throws SettingsError with one line for each source that is wrong
 */
export function checkSources(sources: Sources): void {
  const problems = Object.entries(sources).flatMap(([name, source]) => problemsOf(name, source));
  const names = Object.keys(sources);
  if (names.length === 0) problems.push('sources is empty; name at least one');
  for (const name of names) {
    const twin = names.find((other) => other < name && pascalCase(other) === pascalCase(name));
    if (twin !== undefined) problems.push(`sources '${twin}' and '${name}' are too alike; rename one`);
  }
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
}

function problemsOf(name: string, source: SourceProps): string[] {
  if (!sourceName.test(name)) {
    return [`source '${name}': name it with 1 to 40 lower-case letters, digits and hyphens, a letter first`];
  }
  const given = problemWithSource(source);
  if (given !== undefined) return [`source '${name}': ${given}`];
  try {
    sourceSettings(name, source, handlerTimeoutOf(source));
    const quiet = problemWithQuiet(source.quietAfter);
    return quiet === undefined ? [] : [`source '${name}': ${quiet}`];
  } catch (error) {
    if (error instanceof Error) return [error.message];
    throw error;
  }
}

/** Names that are not settings, and times that are none; also in what describes a sender. */
function problemWithSource(source: SourceProps): string | undefined {
  const own = problemWithGiven(sourceKinds, source);
  const { hmac, ed25519, token } = source;
  const senders = [
    ...unknownIn('hmac', HmacSettings.entries, hmac),
    ...unknownIn('ed25519', Ed25519Settings.entries, ed25519),
    ...unknownIn('token', TokenSettings.entries, token),
    ...unknownIn('hmac.fields', SignatureFields.entries, hmac?.fields),
    ...unknownIn('ed25519.fields', SignatureFields.entries, ed25519?.fields),
  ];
  return own ?? senders[0];
}

const unknownIn = (where: string, known: object, given: object | undefined): string[] =>
  unknownFields(known, given ?? {}).map(({ name, message }) => `${where}.${name} ${message}`);

/**
 * The complete settings of a source.
 *
 * @param consumerTimeout of the function that runs its handlers
 * @throws SettingsError naming the source, the setting, its value and what to do
 */
export function sourceSettings(name: string, source: SourceProps, consumerTimeout: Duration): SourceSettings {
  checkConcurrency(`source '${name}'`, 'maxConcurrency', source.maxConcurrency);
  const retryDelays = source.handlerRetryDelays ?? sourceDefaults.handlerRetryDelays;
  const settings = checked(`source '${name}'`, SourceSettings, {
    name,
    provider: source.provider,
    tolerance: (source.tolerance ?? sourceDefaults.tolerance).toSeconds(),
    rotationOverlap: (source.rotationOverlap ?? sourceDefaults.rotationOverlap).toSeconds(),
    maxBodyBytes: source.maxBodyBytes ?? sourceDefaults.maxBodyBytes,
    allowedCidrs: [...allowedCidrsOf(name, source)],
    eventId: source.eventId ?? 'provider',
    handlerRetryDelays: retryDelays.map((delay) => delay.toSeconds()),
    lease: workerTimes(consumerTimeout).lease.toSeconds(),
    retention: (source.retention ?? sourceDefaults.retention).toSeconds(),
    handshakeWindow: (source.awaitHandshakeMinutes ?? sourceDefaults.awaitHandshakeMinutes) * 60,
    keepRefusedRequests: source.keepRefusedRequests,
    publicUrl: source.publicUrl,
    hmac: source.hmac,
    token: source.token,
    ed25519: source.ed25519,
  });
  const problem = problemWith(settings, consumerTimeout);
  if (problem !== undefined) throw new SettingsError(`source '${name}': ${problem}`);
  // Throws for a provider that is unknown.
  const { tolerance } = providerOf(settings);
  const isOwn = source.tolerance !== undefined || tolerance === undefined;
  const complete = isOwn ? settings : { ...settings, tolerance: seconds(tolerance) };
  const short = problemWithRetention(complete);
  if (short !== undefined) throw new SettingsError(`source '${name}': ${short}`);
  return complete;
}

/** An id must outlast the handler's retries, and the time within which a captured request still verifies. */
function problemWithRetention({
  retention,
  tolerance,
  handlerRetryDelays,
}: SourceSettings): string | undefined {
  const retries = handlerRetryDelays.reduce((sum, delay) => sum + delay, 0);
  const least = Math.max(retries, 2 * tolerance) + 3_600;
  return retention < least || retention > maxRetentionSeconds
    ? `retention is ${retention} s; write ${least} s to 400 days: it must outlast handlerRetryDelays and tolerance`
    : undefined;
}

/** @throws SettingsError when the provider publishes no list */
function allowedCidrsOf(name: string, { provider, allowedCidrs = [] }: SourceProps): readonly string[] {
  if (allowedCidrs !== 'published') return allowedCidrs;
  const published = ownOf(publishedRanges, provider);
  if (published !== undefined) return published.ranges;
  throw new SettingsError(
    `source '${name}': no list of ${provider} is known here, so allowedCidrs cannot be 'published'; there are lists of ${Object.keys(publishedRanges).join(', ')}`,
  );
}

/** What the schema cannot say. */
function problemWith(settings: SourceSettings, consumerTimeout: Duration): string | undefined {
  const { allowedCidrs, publicUrl, handlerRetryDelays } = settings;
  const cidr = allowedCidrs.find((range) => !ipaddr.isValidCIDR(range));
  if (cidr !== undefined)
    return `allowedCidrs has '${cidr}'; write a range such as 192.0.2.0/24 or 2001:db8::/32`;
  const generic = problemWithGeneric(settings);
  if (generic !== undefined) return generic;
  if (publicUrl !== undefined && !URL.canParse(publicUrl))
    return `publicUrl is '${publicUrl}'; write all of it, such as https://hooks.example.com/webhooks/stripe`;
  if (consumerTimeout.toSeconds() > maxHandlerTimeoutSeconds)
    return `handlerTimeout is ${consumerTimeout.toSeconds()} s; at most ${maxHandlerTimeoutSeconds} s fit a function`;
  const total = handlerRetryDelays.reduce((sum, delay) => sum + delay, 0);
  if (total > maxHandlerDelaysSeconds)
    return `handlerRetryDelays add up to ${total} s; a queue keeps a message for 7 days, so 5 days are the most`;
  return undefined;
}

const signedParts = /\{(?:body|timestamp|id|url|method)\}/g;

/** What is wrong with the settings of a sender that is not in the catalogue. */
function problemWithGeneric(settings: SourceSettings): string | undefined {
  const { provider } = settings;
  const stray = genericNames.find((name) => settings[name] !== undefined && name !== provider);
  if (stray !== undefined) return `${stray} is set, but the provider is '${provider}'; remove one`;
  const sender = settings.hmac ?? settings.ed25519;
  const ofFields = sender && problemWithFields(sender);
  if (ofFields !== undefined) return ofFields;
  const signed = sender?.signed;
  if (signed === undefined) return undefined;
  if (/[{}]/.test(signed.replaceAll(signedParts, '')))
    return `signed is '${signed}'; it may hold {body}, {timestamp}, {url} and {method}, and {id} with idHeader`;
  if (!signed.includes('{body}')) return `signed is '${signed}'; without {body} any body would verify`;
  const timestamp = sender?.timestampHeader ?? sender?.fields?.timestamp;
  if (signed.includes('{timestamp}') !== (timestamp !== undefined))
    return `signed is '${signed}'; {timestamp} goes with timestampHeader or fields.timestamp, and the other way round`;
  if (signed.includes('{id}') && sender?.idHeader === undefined)
    return `signed is '${signed}'; {id} is the value of idHeader: set it`;
  return undefined;
}

/** A header of fields has neither a prefix nor a timestamp beside it. */
function problemWithFields({ fields, prefix, timestampHeader }: HmacSettings | Ed25519Settings) {
  if (fields === undefined) return undefined;
  if (prefix !== '') return `prefix is '${prefix}', but the header has fields; write prefix: ''`;
  if (fields.timestamp !== undefined && timestampHeader !== undefined)
    return `timestampHeader is '${timestampHeader}', but fields.timestamp names the time, too; remove one`;
  return undefined;
}

/** `my-partner` → `MyPartner`: for names that take no hyphens. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
