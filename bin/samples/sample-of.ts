import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { ownOf } from '../../lambdas/domain/own.ts';
import { toIsoInstant, toUnixSeconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import type { Draft } from '../signing/draft.ts';
import { codeSamples } from './code.ts';
import { messagingSamples } from './messaging.ts';
import { officeSamples } from './office.ts';
import { paymentSamples } from './payments.ts';
import type { Fresh, Sample, Samples } from './sample.ts';

const samples: Samples = { ...codeSamples, ...messagingSamples, ...officeSamples, ...paymentSamples };

/** What a sender that is not in the catalogue might send. */
const generic = ({ uuid, iso }: Fresh): Sample => ({
  json: { id: uuid, type: 'example.created', created_at: iso, data: { mugs: 2 } },
});

/**
 * An event as a provider would send it, not signed yet.
 *
 * @param at when it happened
 */
export function sampleOf(provider: string, url: string, at: UnixMillis): Draft {
  const fresh: Fresh = {
    uuid: randomUUID(),
    hex: randomBytes(12).toString('hex'),
    number: randomInt(100_000_000, 999_999_999),
    at,
    seconds: toUnixSeconds(at),
    iso: toIsoInstant(at),
  };
  const sample = (ownOf(samples, provider) ?? generic)(fresh);
  const headers = { 'content-type': contentTypeOf(sample), ...sample.headers };
  return { method: 'POST', url, headers, body: Buffer.from(textOf(sample)) };
}

function textOf({ json, form, text }: Sample): string {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return text ?? JSON.stringify(json);
}

const contentTypeOf = ({ contentType, form }: Sample): string =>
  contentType ?? (form ? 'application/x-www-form-urlencoded' : 'application/json');
