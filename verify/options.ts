import type { Fetch } from '../lambdas/adapters/http/provider-calls.ts';
import type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
import type { genericNames } from '../lambdas/domain/provider/generic.ts';
import type { SourceSettings } from '../lambdas/domain/source.ts';

/** Headers of a request: Node's, a `Headers` object, or a map. The case of the names does not matter. */
export type GivenHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

/** A request as it came. */
export interface GivenRequest {
  readonly headers: GivenHeaders;
  /** The bytes exactly as received, or their UTF-8 text; never parsed and written again. */
  readonly body: Uint8Array | ArrayBuffer | string;
  /**
   * The whole URL as the provider knows it, with the query.
   *
   * @default none; required for a provider that signs its URL, and for a GET
   */
  readonly url?: string;
  /** @default POST */
  readonly method?: string;
}

/** The secret, as the provider's dashboard shows it. `docs/verify.md` has the form of each. */
export type Secrets =
  | { readonly secret: string; readonly secrets?: undefined }
  /** One match is enough, for rotation. Empty while a provider that sends its secret (Asana, Notion) has sent none. */
  | { readonly secrets: readonly string[]; readonly secret?: undefined };

/** How a request is checked. */
export interface CheckOptions {
  /** The time of the check, as a date or in unix milliseconds. @default now */
  readonly now?: Date | number;
  /** Seconds that the signed time may differ from now, in either direction. @default the provider's, else 300 */
  readonly tolerance?: number;
  /** What makes a redelivery a duplicate: `docs/sources.md`. @default 'provider' */
  readonly eventId?: SourceSettings['eventId'];
  /** A larger body is refused with 413. @default 4 MiB */
  readonly maxBodyBytes?: number;
  /** Gets the keys of SNS, PayPal, Plaid and eBay, which are cached, and confirms subscriptions of SNS. @default fetch */
  readonly fetch?: Fetch;
  /** Trusted roots for the certificates of SNS and PayPal, as PEM. @default Node's */
  readonly roots?: readonly string[];
  /**
   * Notes the one-time token of a provider that does not sign its body (Mailgun, PayPal), in a store of yours.
   *
   * @param fingerprint the same for the same body
   * @returns false when the token came before with another body
   * @default every token counts as new
   */
  readonly useOnce?: (token: string, fingerprint: string) => Promise<boolean>;
}

type Generic = (typeof genericNames)[number];

/** The settings of a sender that is not in the catalogue, as in a source: `hmac`, `token` or `ed25519`. */
export type SenderOptions<Name extends ProviderName> = Name extends Generic
  ? Required<Pick<SourceSettings, Name>>
  : unknown;

/** The request and how to check it. */
export type VerifyOptions<Name extends ProviderName> = GivenRequest &
  Secrets &
  CheckOptions &
  SenderOptions<Name>;
/** How to check a request that is given apart. */
export type RequestOptions<Name extends ProviderName> = Secrets & CheckOptions & SenderOptions<Name>;
