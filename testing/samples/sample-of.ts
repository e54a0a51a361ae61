import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { Fresh, MakeSample, Sample } from '../../lambdas/domain/provider/sample.ts';
import { samples } from '../../lambdas/domain/provider/samples.ts';
import { toIsoInstant, toUnixSeconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import type { Draft } from '../signing/draft.ts';

const rows: Readonly<Record<string, MakeSample>> = samples;

/** The sample of a provider without its own. */
const generic: MakeSample = ({ uuid, iso }) => ({
  json: { id: uuid, type: 'example.created', created_at: iso, data: { mugs: 2 } },
});

/**
 * Makes an unsigned event as the provider would send it.
 *
 * @param at the time of the event
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
  const sample = (ownOf(rows, provider) ?? generic)(fresh);
  const headers = { 'content-type': contentTypeOf(sample), ...sample.headers };
  return { method: 'POST', url, headers, body: Buffer.from(textOf(sample)) };
}

function textOf({ json, form, text }: Sample): string {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return text ?? JSON.stringify(json);
}

const contentTypeOf = ({ contentType, form }: Sample): string =>
  contentType ?? (form ? 'application/x-www-form-urlencoded' : 'application/json');
