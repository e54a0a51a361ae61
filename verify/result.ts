import type { ProviderEvent } from '../lambdas/domain/provider/read-events.ts';
import type { Refusal } from '../lambdas/inbound/receive-result.ts';

/** One event of a verified request. */
export interface VerifiedEvent {
  /** The same on every redelivery: a key against duplicates. */
  readonly id: string;
  /** The provider's name for what happened, e.g. `invoice.paid`. */
  readonly type: string;
  /** The event's own bytes: the request's body, or its part of a request with several events. */
  readonly body: Uint8Array;
  /** The parsed body: JSON, or JSON in a form; undefined when it is neither. Parsed when first read. */
  readonly payload: unknown;
}

/** The response that the provider expects. */
export interface ExpectedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The result of a check. */
export type VerifyResult =
  | {
      readonly kind: 'verified';
      /** Mostly one; several from a provider that sends events in batches. */
      readonly events: readonly VerifiedEvent[];
      /** The signed timestamp; undefined for a provider that signs none. */
      readonly signedAt?: Date;
      /** The provider's own headers, lower case; never a signature or a credential. */
      readonly headers: Readonly<Record<string, string>>;
      readonly response: ExpectedResponse;
    }
  /** The provider tests the URL. Send the response; the request has no event. */
  | {
      readonly kind: 'challenge';
      /** The secret that the provider sent, to be stored before the response is sent (Asana, Notion). */
      readonly secret?: string;
      readonly response: ExpectedResponse;
    }
  | {
      readonly kind: 'refused';
      /** The class of refusal, as the response names it. */
      readonly error: Refusal['error'];
      /** E.g. `mismatch`, `too-old`, `missing-header`: for your log, not for the response. */
      readonly reason: string;
      /** Why a key could not be fetched. The status is 503, so the provider sends the request again. */
      readonly cause?: Error;
      readonly response: ExpectedResponse;
    };

/** @param payloadOf parses an event's bytes */
export const verifiedEvent = (
  { id, type, body }: ProviderEvent,
  payloadOf: (body: Uint8Array) => unknown,
): VerifiedEvent => {
  let parsed: { readonly payload: unknown } | undefined;
  return {
    id,
    type,
    body,
    get payload() {
      parsed ??= { payload: payloadOf(body) };
      return parsed.payload;
    },
  };
};
