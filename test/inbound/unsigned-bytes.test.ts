import { describe, expect, it } from 'vitest';
import { receiverOf, requestOfVector, type Vector, vectorFiles } from '../support/fixtures/vectors.ts';

/** Their signature covers no byte of the body, or one token (which comes with one body only): docs/providers.md. */
const signsNoBody = [
  'buildkite',
  'chargebee',
  'gitlab',
  'mailgun',
  'monday',
  'msgraph',
  'okta',
  'postmark',
  'strava',
  'telegram',
  'token',
];

/** Bytes that say the same, or something beside it. */
const alterations: Readonly<Record<string, (body: string) => string>> = {
  'a blank behind it': (body) => `${body} `,
  'a line end before it': (body) => `\n${body}`,
  'a byte order mark': (body) => `\ufeff${body}`,
  'one more member': (body) => body.replace(/^\{/, '{"zz":1,'),
  'one more member of an element': (body) => body.replace(/\[\s*\{/, '[{"zz":1,'),
  'one more member in the payload': (body) => body.replace(/\{"NotificationRequestItem":\{/, '$&"zz":1,'),
  'one more field': (body) => `${body}&zz=1`,
  'an empty field': (body) => `${body}&`,
  'its fields turned': (body) => body.split('&').toReversed().join('&'),
  'an escape': (body) =>
    body.replace(/=([a-z])/i, (_, letter: string) => `=%${letter.charCodeAt(0).toString(16)}`),
};

async function idsOf(file: (typeof vectorFiles)[number][1], vector: Vector, body: string) {
  const settings = { ...vector.settings, eventId: 'body' as const };
  const receiver = receiverOf(file, { ...vector, settings });
  const reception = await receiver.receive({ ...requestOfVector(vector), body: Buffer.from(body) }, file.now);
  return reception.kind === 'accepted' ? reception.events.map(({ id }) => id) : undefined;
}

describe.each(vectorFiles.filter(([name]) => !signsNoBody.includes(name)))('%s', (_name, file) => {
  it('with eventId: body, other bytes with the same signature are the same events or refused', async () => {
    const vectors = file.vectors.filter(
      ({ expect: { status, answer } }) => status === 200 && answer === undefined,
    );
    for (const vector of vectors) {
      const ids = await idsOf(file, vector, vector.body);
      for (const [what, altered] of Object.entries(alterations)) {
        const found = await idsOf(file, vector, altered(vector.body));
        if (found !== undefined) expect.soft(found, `${vector.name}: ${what}`).toEqual(ids);
      }
    }
  });
});
