import { describe, expect, test } from 'vitest';
import { secretArns } from '../../lambdas/env.ts';

const SECRET_ARN_PREFIX = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:';

describe('the ARNs of the secrets', () => {
  test('the ARNs of the secrets are the prefix and the ends, in their order', () => {
    const SECRET_IDS = 'SecretStripe-QmVlWUPa9Kep-1a2b3c,SecretGithub-ZxYwVuTsRqPo-4d5e6f';

    expect(secretArns({ SECRET_ARN_PREFIX, SECRET_IDS }, 2)).toEqual([
      `${SECRET_ARN_PREFIX}SecretStripe-QmVlWUPa9Kep-1a2b3c`,
      `${SECRET_ARN_PREFIX}SecretGithub-ZxYwVuTsRqPo-4d5e6f`,
    ]);
  });

  test('a list of secrets that is too short or too long is refused: a source would get the secret of another', () => {
    const SECRET_IDS = 'SecretStripe-QmVlWUPa9Kep-1a2b3c';

    expect(() => secretArns({ SECRET_ARN_PREFIX, SECRET_IDS }, 2)).toThrow(
      'SECRET_IDS has 1 secrets for 2 sources; deploy the stack again',
    );
  });
});
