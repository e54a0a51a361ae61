import type { UnixMillis } from './time.ts';

/** The description of an event type. */
export interface EventTypeRecord {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of `data`. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  /** Refuse payloads that do not match the schema. */
  readonly checkPayload: boolean;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  readonly version: number;
}
