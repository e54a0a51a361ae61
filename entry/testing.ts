// `hookline/testing`: signed requests of every provider, and Hookline in memory, for tests without a network.
export type { RegisteredEndpoint, TestEndpoint } from '../testing/hookline/endpoints.ts';
export type { DeliveryState, SentRequest, TestEvent } from '../testing/hookline/outbound.ts';
export type { TestSource } from '../testing/hookline/settings.ts';
export type { HandlerRun } from '../testing/hookline/source.ts';
export { testHandlers } from '../testing/hookline/test-handlers.ts';
export {
  type Reception,
  type Sent,
  type TestHooklineOptions,
  testHookline,
} from '../testing/hookline/test-hookline.ts';
export type { EventData } from '../testing/samples/with-data.ts';
export type { SignOptions } from '../testing/sign.ts';
export { type Sign, signed } from '../testing/signed.ts';
export type { LambdaEvent, SignedRequest } from '../testing/signed-request.ts';
export { CannotSignError } from '../testing/signing/draft.ts';
