import { queryTextOf, type RawRequest } from '../raw-request.ts';
import type { Provider } from './provider.ts';

/** Whether the provider sends its events with the request's method. */
export const mayBeEvent = ({ methods = [] }: Provider, { method }: Pick<RawRequest, 'method'>): boolean =>
  method === 'POST' || methods.some((allowed) => allowed === method);

/** Returns the request with the event as its body: some providers send a GET with the event in the query, as a form. */
export const withContent = ({ queryIsContent }: Provider, request: RawRequest): RawRequest =>
  queryIsContent && request.method === 'GET'
    ? { ...request, body: Buffer.from(queryTextOf(request), 'utf8') }
    : request;
