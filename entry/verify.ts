// `hookline/verify`: verification of any provider as a function, for any server. It pulls in no AWS code.
export type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
export { toResponse, verifyRequest } from '../verify/fetch-style.ts';
export { InvalidSecretError } from '../verify/given-keys.ts';
export type {
  CheckOptions,
  GivenHeaders,
  GivenRequest,
  RequestOptions,
  VerifyOptions,
} from '../verify/options.ts';
export type { ExpectedResponse, VerifiedEvent, VerifyResult } from '../verify/result.ts';
export { verify } from '../verify/verify.ts';
