import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import type { SecretsClient } from '../../../lambdas/adapters/secrets/commands.ts';
import { signingSecret } from '../../../lambdas/adapters/secrets/signing-secret.ts';
import type { SigningKey } from '../../../lambdas/domain/endpoint-secret.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 23, 12));
const first = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const second = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
/** The keys as users see them, because the test runner takes any two `KeyObject`s for equal. */
const shown = (keys: readonly SigningKey[]): string[] =>
  keys.map((key) => (key.kind === 'v1' ? `whsec_${key.secretKey.export().toString('base64')}` : key.kind));

type Versions = Readonly<Record<string, { readonly value: string; readonly createdAt: number } | undefined>>;

/** Secrets Manager with one secret; counts the reads. */
function secretWith(versions: Versions) {
  const state = { versions, reads: 0 };
  const send = async ({ input }: { readonly input: { readonly VersionStage?: string } }) => {
    state.reads++;
    const version = state.versions[input.VersionStage ?? ''];
    if (version === undefined) throw new AwsError('ResourceNotFoundException', 'none', { status: 400 });
    return { SecretString: version.value, CreatedDate: new Date(version.createdAt) };
  };
  const client = { send } as unknown as SecretsClient;
  return { state, secret: signingSecret(client, 'Signing') };
}

describe('the signing secret', () => {
  it.each([
    ['with whsec_', first],
    ['without whsec_', first.replace('whsec_', '')],
    ['with white space around it', ` ${first}\n`],
  ])('the signing secret is read %s', async (_how, value) => {
    const { secret } = secretWith({ AWSCURRENT: { value, createdAt: 0 } });

    expect(shown(await secret.keys(now))).toEqual([first]);
  });

  it('the signing secret is read again only after five minutes', async () => {
    const { state, secret } = secretWith({ AWSCURRENT: { value: first, createdAt: 0 } });

    await secret.keys(now);
    await secret.keys(later(now, seconds(299)));
    expect(state.reads).toBe(1);
    state.versions = { AWSCURRENT: { value: second, createdAt: 0 } };

    expect(shown(await secret.keys(later(now, seconds(300))))).toEqual([second]);
  });

  it('the signing secret signs with the previous key, too, for a day after a rotation', async () => {
    const versions = {
      AWSCURRENT: { value: second, createdAt: now },
      AWSPREVIOUS: { value: first, createdAt: 0 },
    };
    const { secret } = secretWith(versions);

    expect(shown(await secret.keys(later(now, seconds(86_399))))).toEqual([second, first]);
    expect(shown(await secret.keys(later(now, seconds(2 * 86_400))))).toEqual([second]);
  });

  it('the signing secret is one key if there was no rotation', async () => {
    const { secret } = secretWith({ AWSCURRENT: { value: first, createdAt: now } });

    expect(shown(await secret.keys(now))).toEqual([first]);
  });

  it('the signing secret may list its keys with exact ends', async () => {
    const keys = [{ key: second }, { key: first, notAfter: '2026-11-23T13:00:00Z' }];
    const { secret } = secretWith({ AWSCURRENT: { value: JSON.stringify({ keys }), createdAt: 0 } });

    expect(shown(await secret.keys(now))).toEqual([second, first]);
    expect(shown(await secret.keys(later(now, seconds(3600))))).toEqual([second]);
  });

  it.each(['', 'unset', 'whsec_', 'whsec_c2hvcnQ=', 'not base64!', '{"keys":[]}'])(
    'the signing secret “%s” is invalid: nothing is signed, and it is read once in two seconds',
    async (value) => {
      const { state, secret } = secretWith({ AWSCURRENT: { value, createdAt: 0 } });

      const asked = await Promise.allSettled(Array.from({ length: 1000 }, () => secret.keys(now)));
      expect(asked.every(({ status }) => status === 'rejected')).toBe(true);
      await expect(secret.keys(later(now, seconds(1)))).rejects.toThrow(/holds no key/);
      expect(state.reads).toBe(1);
      state.versions = { AWSCURRENT: { value: first, createdAt: 0 } };

      expect(shown(await secret.keys(later(now, seconds(2))))).toEqual([first]);
    },
  );

  it('the signing secret is never in its own error', async () => {
    const { secret } = secretWith({ AWSCURRENT: { value: 'hush-hush', createdAt: 0 } });

    await expect(secret.keys(now)).rejects.not.toThrow(/hush/);
  });
});
