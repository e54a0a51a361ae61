import type { UnixMillis } from './time.ts';

/** What a team says about a type of its events. */
export interface EventTypeRecord {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of `data`. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  /** Payloads that do not fit the schema are refused. */
  readonly checkPayload: boolean;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  readonly version: number;
}
