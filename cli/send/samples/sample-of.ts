import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { Fresh, MakeSample, Sample } from '../../../lambdas/domain/provider/sample.ts';
import { toIsoInstant, toUnixSeconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { Draft } from '../signing/draft.ts';

/** The sample of a provider without its own. */
const generic: MakeSample = ({ uuid, iso }) => ({
  json: { id: uuid, type: 'example.created', created_at: iso, data: { mugs: 2 } },
});

/** Loads the sample beside a provider's file, by name. */
async function makerOf(provider: string): Promise<MakeSample> {
  if (!Object.hasOwn(catalogue, provider)) return generic;
  const file: { readonly sample: MakeSample } = await import(
    `../../../lambdas/domain/provider/providers/${provider}.sample.ts`
  );
  return file.sample;
}

/**
 * Makes an unsigned event as the provider would send it.
 *
 * @param at the time of the event
 */
export async function sampleOf(provider: string, url: string, at: UnixMillis): Promise<Draft> {
  const fresh: Fresh = {
    uuid: randomUUID(),
    hex: randomBytes(12).toString('hex'),
    number: randomInt(100_000_000, 999_999_999),
    at,
    seconds: toUnixSeconds(at),
    iso: toIsoInstant(at),
  };
  const sample = (await makerOf(provider))(fresh);
  const headers = { 'content-type': contentTypeOf(sample), ...sample.headers };
  return { method: 'POST', url, headers, body: Buffer.from(textOf(sample)) };
}

function textOf({ json, form, text }: Sample): string {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return text ?? JSON.stringify(json);
}

const contentTypeOf = ({ contentType, form }: Sample): string =>
  contentType ?? (form ? 'application/x-www-form-urlencoded' : 'application/json');
