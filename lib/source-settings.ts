import type { Duration } from 'aws-cdk-lib';
import ipaddr from 'ipaddr.js';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { providerOf } from '../lambdas/domain/provider/catalogue.ts';
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
import { problemWithGiven } from './given-settings.ts';
import { pascalCase } from './pascal-case.ts';
import { publishedRanges } from './published-ranges.ts';
import { problemWithQuiet } from './quiet-after.ts';
import { sourceDefaults, workerTimes } from './settings.ts';
import { checkConcurrency, checked, SettingsError } from './settings-error.ts';
import { type SourceProps, type Sources, sourceKinds } from './source-props.ts';
import { problemWithTargets } from './target-checks.ts';
import { targetsByType } from './target-settings.ts';

/** The same rule as in `SourceSettings`, checked here for a readable message. */
const sourceName = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Leaves a margin below Lambda's 15 minutes. */
const maxHandlerTimeoutSeconds = 840;
/** SQS drops a message that is older than its queue's retention, without a trace. */
const maxHandlerDelaysSeconds = 5 * 86_400;

/** No provider redelivers later; beyond this the table only grows. */
const maxRetentionSeconds = 400 * 86_400;

export const handlerTimeoutOf = (source: SourceProps): Duration =>
  source.handlerTimeout ?? sourceDefaults.handlerTimeout;

/**
 * Checks all sources, so that one synth shows every mistake.
 *
 * @throws SettingsError with one line for each source that is wrong
 */
export function checkSources(sources: Sources): void {
  const problems = Object.entries(sources).flatMap(([name, source]) => problemsOf(name, source));
  const names = Object.keys(sources);
  if (names.length === 0) problems.push('sources is empty; name at least one');
  for (const name of names) {
    const twin = names.find((other) => other < name && pascalCase(other) === pascalCase(name));
    if (twin !== undefined)
      problems.push(`sources '${twin}' and '${name}' would get the same resource names; rename one`);
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

/** Finds unknown settings and wrong types, also in `hmac`, `ed25519` and `token`. */
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
 * @param consumerTimeout the timeout of the function that runs its handlers
 * @throws SettingsError naming the source, the setting, its value and what to do
 */
export function sourceSettings(name: string, source: SourceProps, consumerTimeout: Duration): SourceSettings {
  checkConcurrency(`source '${name}'`, 'maxConcurrency', source.maxConcurrency);
  const retryDelays = source.handlerRetryDelays ?? sourceDefaults.handlerRetryDelays;
  const target = problemWithTargets(source, consumerTimeout);
  if (target !== undefined) throw new SettingsError(`source '${name}': ${target}`);
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
    to: targetsByType(source.to),
    hmac: source.hmac,
    token: source.token,
    ed25519: source.ed25519,
  });
  const problem = problemWith(settings, consumerTimeout);
  if (problem !== undefined) throw new SettingsError(`source '${name}': ${problem}`);
  // Throws for an unknown provider.
  const { tolerance } = providerOf(settings);
  const isOwn = source.tolerance !== undefined || tolerance === undefined;
  const complete = isOwn ? settings : { ...settings, tolerance: seconds(tolerance) };
  const short = problemWithRetention(complete);
  if (short !== undefined) throw new SettingsError(`source '${name}': ${short}`);
  return complete;
}

/** An event id must be remembered for longer than the handler's retries, and than a captured request still verifies. */
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
    `source '${name}': allowedCidrs is 'published', but Hookline has no list of ${provider}; write the ranges out; there are lists of ${Object.keys(publishedRanges).join(', ')}`,
  );
}

/** Checks what the schema cannot express. */
function problemWith(settings: SourceSettings, consumerTimeout: Duration): string | undefined {
  const { allowedCidrs, publicUrl, handlerRetryDelays } = settings;
  const cidr = allowedCidrs.find((range) => !ipaddr.isValidCIDR(range));
  if (cidr !== undefined)
    return `allowedCidrs has '${cidr}'; write a range such as 192.0.2.0/24 or 2001:db8::/32`;
  const generic = problemWithGeneric(settings);
  if (generic !== undefined) return generic;
  if (publicUrl !== undefined && !URL.canParse(publicUrl))
    return `publicUrl is '${publicUrl}'; write the whole URL, such as https://hooks.example.com/webhooks/stripe`;
  if (consumerTimeout.toSeconds() > maxHandlerTimeoutSeconds)
    return `handlerTimeout is ${consumerTimeout.toSeconds()} s; write at most ${maxHandlerTimeoutSeconds} s, which Lambda's limit of 15 minutes leaves`;
  const total = handlerRetryDelays.reduce((sum, delay) => sum + delay, 0);
  if (total > maxHandlerDelaysSeconds)
    return `handlerRetryDelays add up to ${total} s; write at most ${maxHandlerDelaysSeconds} s (5 days), since a queue keeps a message for 7 days`;
  return undefined;
}

const signedParts = /\{(?:body|timestamp|id|url|method)\}/g;

/** Checks the settings of a sender that is not in the catalogue. */
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
    return `signed is '${signed}'; write only the placeholders {body}, {timestamp}, {url}, {method}, and {id} with idHeader`;
  if (!signed.includes('{body}'))
    return `signed is '${signed}'; add {body}, without which any body would verify`;
  const timestamp = sender?.timestampHeader ?? sender?.fields?.timestamp;
  if (signed.includes('{timestamp}') !== (timestamp !== undefined))
    return `signed is '${signed}'; write {timestamp} together with timestampHeader or fields.timestamp, or neither`;
  if (signed.includes('{id}') && sender?.idHeader === undefined)
    return `signed is '${signed}'; set idHeader, whose value is {id}`;
  return undefined;
}

/** A signature header with fields has neither a prefix nor a second timestamp. */
function problemWithFields({ fields, prefix, timestampHeader }: HmacSettings | Ed25519Settings) {
  if (fields === undefined) return undefined;
  if (prefix !== '') return `prefix is '${prefix}', but the header has fields; write prefix: ''`;
  if (fields.timestamp !== undefined && timestampHeader !== undefined)
    return `timestampHeader is '${timestampHeader}', but fields.timestamp is set, too; remove one`;
  return undefined;
}
