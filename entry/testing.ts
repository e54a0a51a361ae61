// `hookline/testing`: signed requests of every provider, and Hookline in memory, for tests without a network.
export { testHandlers } from '../testing/hookline/test-handlers.ts';
export { testHookline } from '../testing/hookline/test-hookline.ts';
export type {
  DeliveryState,
  HandlerRun,
  Reception,
  RegisteredEndpoint,
  Sent,
  SentRequest,
  TestEndpoint,
  TestEvent,
  TestHookline,
  TestHooklineOptions,
  TestLogLine,
  TestSource,
} from '../testing/hookline/types.ts';
export type { EventData } from '../testing/samples/with-data.ts';
export type { SignOptions } from '../testing/sign.ts';
export { type Sign, signed } from '../testing/signed.ts';
export type { LambdaEvent, SignedRequest } from '../testing/signed-request.ts';
export { CannotSignError } from '../testing/signing/draft.ts';
