import type * as v from 'valibot';
import { type SealedSecret, verifierOf } from '../domain/endpoint-secret.ts';
import { toIsoInstant } from '../domain/time.ts';
import type { SecretView } from './schemas.ts';

/** A secret as the API shows it: what the endpoint needs to verify signatures. */
export const secretView = (
  { kind, createdAt, endsAt }: SealedSecret,
  text: string,
): v.InferOutput<typeof SecretView> => ({
  kind,
  secret: verifierOf(text),
  createdAt: toIsoInstant(createdAt),
  endsAt: endsAt === undefined ? undefined : toIsoInstant(endsAt),
});
