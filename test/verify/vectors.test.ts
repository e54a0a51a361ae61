import { describe, expect, it } from 'vitest';
import { InvalidSecretError } from '../../entry/verify.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { propertyAt } from '../../lambdas/domain/provider/property.ts';
import { readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { type AnyOptions, verifyGiven } from '../../verify/verify.ts';
import { requestOfVector, type Vector, type VectorFile, vectorFiles } from '../support/fixtures/vectors.ts';

/** The key servers of a file of vectors. */
const fetchOf = ({ fetched = {} }: VectorFile) =>
  async function answer(url: URL, { body }: RequestInit): Promise<Response> {
    const json: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    if (url.pathname.endsWith('/oauth2/token'))
      return Response.json({ access_token: 'a-token', expires_in: 7200 });
    if (url.searchParams.get('Action') === 'ConfirmSubscription') return new Response('');
    const text = fetched[json === undefined ? url.href : `${url.href}#${propertyAt(json, 'key_id')}`];
    return text === undefined ? new Response('', { status: 500 }) : new Response(Buffer.from(text, 'latin1'));
  };

async function resultOf(name: string, file: VectorFile, vector: Vector) {
  const { method, url, headers, body } = requestOfVector(vector);
  const settings = { provider: name, ...file.source, ...vector.settings };
  const { secret: format } = providerOf({ name, ...settings });
  const { value } = readSecretValue(vector.secret, format);
  const { previous = '' } = vector;
  const isUsed = !value?.isList && readSecretValue(previous, format).value !== undefined;
  const { publicUrl, hmac, token, ed25519, tolerance, eventId, provider } = settings;
  const given: AnyOptions = {
    hmac,
    token,
    ed25519,
    tolerance,
    eventId,
    method,
    headers,
    body,
    url: publicUrl === undefined ? url : publicUrl + new URL(url).search,
    secrets: [vector.secret, ...(isUsed ? [previous] : [])],
    now: file.now * 1000,
    fetch: fetchOf(file),
    roots: file.roots,
  };
  const result = await verifyGiven(provider as 'stripe', given);
  if (result.kind === 'refused')
    return { status: result.response.status, error: result.error, reason: result.reason };
  if (result.kind === 'challenge') return { status: result.response.status, answer: result.response.body };
  const { events } = result;
  return {
    status: 200,
    id: events[0]?.id,
    type: events[0]?.type,
    ids: events.map(({ id }) => id),
    types: events.map(({ type }) => type),
    bodies: events.map(({ body: bytes }) => Buffer.from(bytes).toString()),
  };
}

/** The receiver waits for a secret that was never set; a caller that passes such a value has made a mistake. */
const isUnset = (name: string, { source }: VectorFile, { secret, settings }: Vector): boolean => {
  const { secret: format } = providerOf({ name, provider: name, ...source, ...settings });
  return readSecretValue(secret, format).value === undefined;
};

/** A request's own id is random here, and numbered in the vectors. */
const withNumberedRequest = (result: object, vector: Vector): unknown =>
  JSON.stringify(vector.expect).includes('request-1')
    ? JSON.parse(JSON.stringify(result).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'request-1'))
    : result;

describe.each(vectorFiles)('vectors of %s, verified alone', (name, file) => {
  it.each(file.vectors.filter((vector) => !isUnset(name, file, vector)))('$name', async (vector) => {
    const result = await resultOf(name, file, vector);

    expect(withNumberedRequest(result, vector)).toMatchObject(vector.expect);
  });

  it.each(file.vectors.filter((vector) => isUnset(name, file, vector)))(
    '$name: the caller is told',
    async (vector) => {
      await expect(resultOf(name, file, vector)).rejects.toThrow(InvalidSecretError);
    },
  );
});
