import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { expectedSecret } from '../../lambdas/domain/signature/mistake-text.ts';
import { later, type Seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import type { Version } from '../secrets/check-value.ts';

/** A secret that was left, and the one that the source has now. */
export interface SecretAdoption {
  readonly format: SecretFormat;
  readonly kept: { readonly current: Version | undefined; readonly previous: Version | undefined };
  /** The current version of the source's own secret. */
  readonly own: Version | undefined;
  readonly rotationOverlap: Seconds;
  readonly now: UnixMillis;
  /** `--yes`: the source's own secret may be replaced. */
  readonly isConfirmed: boolean;
}

/** The decision. Its reason never contains the text of a secret. */
export type AdoptionDecision =
  | {
      readonly kind: 'store';
      /** In this order: the last becomes the current one, the one before it the previous one. */
      readonly values: readonly string[];
      /** During a rotation, the key before the current one verifies, too. */
      readonly withPrevious: boolean;
      /** The source had another secret, which verifies for the rotation's overlap. */
      readonly isOverwriting: boolean;
    }
  /** The secret was adopted before. */
  | { readonly kind: 'done' }
  /** `asks`: `--yes` would do it. */
  | { readonly kind: 'refuse'; readonly reason: string; readonly asks?: true };

/** Decides how a secret is adopted. */
export function decideAdoption(adoption: SecretAdoption): AdoptionDecision {
  const { format, kept, own, isConfirmed } = adoption;
  const { current } = kept;
  if (!current?.value) return { kind: 'refuse', reason: 'it has no value' };
  if (own?.value === current.value) return { kind: 'done' };
  if (parseSecretValue(current.value, format) === undefined)
    return {
      kind: 'refuse',
      reason: `its value is not a secret of this source’s provider; expected ${expectedSecret(format)}`,
    };
  const previous = stillVerifying(adoption);
  // A run that was killed between its two steps stored this one.
  const isHalfDone = previous !== undefined && own?.value === previous;
  const isOverwriting = own !== undefined && parseSecretValue(own.value, format) !== undefined && !isHalfDone;
  if (isOverwriting && !isConfirmed)
    return { kind: 'refuse', reason: 'the source has a secret with another value already', asks: true };
  const isFirst = previous !== undefined && !isOverwriting && !isHalfDone;
  return {
    kind: 'store',
    values: isFirst ? [previous, current.value] : [current.value],
    withPrevious: isFirst || isHalfDone,
    isOverwriting,
  };
}

/** The previous key of the secret that was left over, while the overlap of its rotation lasts. */
function stillVerifying({ format, kept, rotationOverlap, now }: SecretAdoption): string | undefined {
  const { current, previous } = kept;
  if (current === undefined || !previous || now >= later(current.createdAt, rotationOverlap))
    return undefined;
  const isList = parseSecretValue(current.value, format)?.isList;
  return isList || parseSecretValue(previous.value, format) === undefined ? undefined : previous.value;
}
