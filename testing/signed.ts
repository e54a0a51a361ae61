import { catalogue, type ProviderName } from '../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../lambdas/domain/provider/generic.ts';
import type { EventPayloads } from '../lambdas/domain/provider-events.ts';
import type { SenderOptions } from '../verify/options.ts';
import type { EventData } from './samples/with-data.ts';
import { type SignOptions, sign } from './sign.ts';
import type { SignedRequest } from './signed-request.ts';

/** The event types of a provider that the compiler knows; any other text is allowed, too. */
type TypeOf<Name extends ProviderName> =
  | (Name extends keyof EventPayloads ? keyof EventPayloads[Name] & string : never)
  | (string & {});

type Generic = (typeof genericNames)[number];

/** Makes a request that is signed as a provider signs. */
export type Sign<Name extends ProviderName> = (
  ...args: Name extends Generic
    ? [type: string | undefined, data: EventData, options: SignOptions & SenderOptions<Name>]
    : [type?: TypeOf<Name>, data?: EventData, options?: SignOptions]
) => SignedRequest;

const names = [...Object.keys(catalogue), ...genericNames] as readonly ProviderName[];

type AnySign = (type?: string, data?: EventData, options?: SignOptions) => SignedRequest;
const all = Object.fromEntries(
  names.map((name): [ProviderName, AnySign] => [
    name,
    (type, data = {}, options = {}) => sign(name, type, data, options),
  ]),
) as Record<ProviderName, AnySign>;

/**
 * Makes signed requests of every provider, from a sample of its events.
 *
 * The first argument is the event type, the second has fields of the event, which are merged into the sample.
 *
 * @example
 * const request = signed.stripe('invoice.paid', { data: { object: { amount_paid: 1200 } } });
 * await POST(request.toRequest());
 */
export const signed: { readonly [Name in ProviderName]: Sign<Name> } = all;
