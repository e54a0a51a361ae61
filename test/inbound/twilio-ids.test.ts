import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { signRequest } from '../../testing/signing/sign-request.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const secret = '0123456789abcdef0123456789abcdef';

/** What becomes of forms that are sent with the signature of the first of them. */
async function idsUnderOneSignature(
  signedForm: string,
  forms: readonly string[],
  eventId: 'provider' | 'body' = 'provider',
) {
  const { provider, receive } = memoryReceiver(
    { provider: 'twilio', eventId },
    { current: { value: secret, createdAt: unixMillis(0) } },
  );
  const [dated] = parseSecretValue(secret, provider.secret)?.keys ?? [];
  if (dated === undefined) throw new Error('there is no key');
  const { method, url, body } = requestOf(signedForm);
  const signing = { key: dated.key, at: unixMillis(now * 1000), messageId: 'm' };
  const { headers } = signRequest('twilio', provider, { method, url, headers: {}, body }, signing);
  const receptions = await Promise.all(forms.map((form) => receive(requestOf(form, headers), now)));
  return receptions.map((reception) => (reception.kind === 'accepted' ? reception.events[0]?.id : reception));
}

it.each([
  ['an empty field', 'From=1&To=2&'],
  ['empty fields', 'From=1&&&To=2'],
  ['another order', 'To=2&From=1'],
  ['a field twice', 'From=1&To=2&To=2'],
  ['other escapes', '%46rom=%31&To=2'],
  ['another border between name and value', 'Fro=m1&To=2'],
  ['one field of all', 'From1To2='],
])('a form with %s is the same event under the same signature', async (_what, form) => {
  const [signed, altered] = await idsUnderOneSignature('From=1&To=2', ['From=1&To=2', form]);

  expect(signed).toMatch(/^[0-9a-f]{64}$/);
  expect(altered).toBe(signed);
});

it('with eventId: body, forms that verify alike are the same event, too', async () => {
  const forms = ['MessageSid=SM1&To=2', 'To=2&MessageSid=SM1&'];

  const [signed, altered] = await idsUnderOneSignature('MessageSid=SM1&To=2', forms, 'body');

  expect(signed).toMatch(/^[0-9a-f]{64}$/);
  expect(altered).toBe(signed);
});

it('forms that verify alike are one event, and a form with another content does not verify', async () => {
  const field = fc.tuple(fc.stringMatching(/^[A-C]{1,2}$/), fc.stringMatching(/^[a-c]{0,2}$/));
  const form = fc
    .uniqueArray(field, { selector: ([name]) => name, minLength: 1, maxLength: 4 })
    .map((fields) => fields.map(([name, value]) => `${name}=${value}`));
  await fc.assert(
    fc.asyncProperty(form, fc.nat(3), fc.nat(3), async (fields, turn, empty) => {
      const turned = [...fields.slice(turn), ...fields.slice(0, turn)].join('&') + '&'.repeat(empty);
      const [signed, sent, other] = await idsUnderOneSignature(fields.join('&'), [
        fields.join('&'),
        turned,
        `${turned}&Z=1`,
      ]);
      expect(sent).toBe(signed);
      expect(other).toMatchObject({ status: 401 });
    }),
    { numRuns: 50 },
  );
});
