import type { Provider } from '../lambdas/domain/provider/provider.ts';
import { readSecretValue } from '../lambdas/domain/provider/secret.ts';
import type { VerificationKey } from '../lambdas/domain/signature/key.ts';
import { expectedSecret, mistakeText } from '../lambdas/domain/signature/mistake-text.ts';
import type { UnixMillis } from '../lambdas/domain/time.ts';

/** A secret is not of the provider's form. The message says what it is instead, never its value. */
export class InvalidSecretError extends Error {
  override name = 'InvalidSecretError' as const;
}

/**
 * The keys in the given secrets.
 *
 * @throws InvalidSecretError when one is not a secret of the provider, or none is given
 */
export function givenKeys(
  name: string,
  { secret: format, handshake }: Provider,
  secrets: readonly string[],
  now: UnixMillis,
): readonly VerificationKey[] {
  if (secrets.length === 0 && handshake?.secretFromHandshake === undefined)
    throw new InvalidSecretError(`no secret of ${name} was given; expected ${expectedSecret(format)}`);
  return secrets.flatMap((secret) => {
    const { value, mistake } = readSecretValue(secret, format);
    if (value === undefined) {
      const found = mistake === undefined ? undefined : mistakeText(mistake, format);
      throw new InvalidSecretError(
        `the secret of ${name} is ${found ?? `not of its form; expected ${expectedSecret(format)}`}`,
      );
    }
    return value.keys
      .filter(({ notAfter }) => notAfter === undefined || now < notAfter)
      .map(({ key }) => key);
  });
}
