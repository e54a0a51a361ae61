import * as v from 'valibot';
import { toUnixSeconds } from '../../time.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { type Handshake, jsonResponse } from '../handshake.ts';
import { verifiedClaims } from '../json-web-signature.ts';
import { parsePayload } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash } from '../provider-dsl.ts';

const Claims = v.object({ exp: v.number(), aud: v.union([v.string(), v.array(v.string())]) });

/** A JSON Web Token for this URL, valid for a few minutes. It does not cover the body. */
const check: Check = async (request, keys, { now }) => {
  const token = request.headers.get('authorization')?.replace(/^Bearer /i, '');
  if (!token) return refusedFor('missing-header');
  const all = await Promise.all(
    keys.map((key) => (key.kind === 'hmac' ? verifiedClaims(token, key.secretKey, ['HS256']) : undefined)),
  );
  const claims = v.safeParse(
    Claims,
    all.find((found) => found !== undefined),
  );
  if (!claims.success) return refusedFor('mismatch');
  const { exp, aud } = claims.output;
  if (exp <= toUnixSeconds(now)) return refusedFor('too-old');
  const [url] = request.url.split('?');
  return [aud].flat().some((audience) => audience === request.url || audience === url)
    ? accepted
    : refusedFor('wrong-recipient');
};

const Challenge = v.strictObject({ challenge: v.pipe(v.string(), v.nonEmpty(), v.maxLength(1024)) });

/** The longest challenge, with every character escaped. */
const maxChallengeBytes = 8 * 1024;

/** Creating a webhook posts an unsigned challenge and nothing else. */
const challenge: Handshake = {
  unsigned: ({ method, body: bytes }) => {
    if (method !== 'POST' || bytes.byteLength > maxChallengeBytes) return undefined;
    const parsed = v.safeParse(Challenge, parsePayload(bytes, 'json'));
    return parsed.success ? jsonResponse(parsed.output) : undefined;
  },
};

/** @see https://developer.monday.com/apps/docs/authorization-header */
export const monday: Provider = {
  secret: 'text',
  signature: check,
  body: 'json',
  id: first(body('event.triggerUuid'), hash),
  type: body('event.type', 'type'),
  attributes: { board: body('event.boardId') },
  forward: [],
  handshake: challenge,
};
