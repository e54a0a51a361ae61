import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../../lambdas/domain/source.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';
import type { ReceivePorts } from '../../../lambdas/inbound/receive.ts';

/** One request, and how it is sent again until it is accepted. */
export interface SentRequest {
  readonly name: string;
  /** @param nth counted from 0: a provider may sign each delivery anew */
  readonly make: (now: UnixMillis, nth: number) => RawRequest;
  /** The provider sent it. A forged one is not accepted, and brings no event. */
  readonly isGenuine: boolean;
  /** How many events it brings. */
  readonly events: number;
}

/** What a source gets, one request after the other. */
export interface Scenario {
  readonly name: string;
  readonly settings: Partial<SourceSettings>;
  /** The secret at the beginning; undefined awaits a handshake that brings one. */
  readonly secret?: string;
  /** The secret is rotated before this request, counted from 0. */
  readonly rotation?: { readonly before: number; readonly secret: string };
  readonly requests: readonly SentRequest[];
}

/** A deliberate mistake: ports that do not do what they promise. */
export type Mistake = (ports: ReceivePorts) => Partial<ReceivePorts>;

/** What goes wrong with SQS: it takes a part of the batch of this call. */
export interface PartialBatch {
  readonly call: number;
  readonly takes: 'first half' | 'second half';
}
