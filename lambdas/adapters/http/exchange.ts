import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type AttemptPhase, redirectTarget } from '../../domain/attempt-outcome.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { type ArrivedResponse, headOf, watchIdle } from './await-response.ts';
import { FailedExchange, isConnectionLost, TimeUpError } from './errors.ts';
import { sampleOf } from './response-sample.ts';

/** Starts a request on a kept connection if there is one, or on a new connection. */
export type Open = (connection: 'pooled' | 'own') => ClientRequest;

/** An endpoint's response. */
export interface HttpResponse {
  readonly status: number;
  /** The `Retry-After` headers, each as received. */
  readonly retryAfter?: readonly string[];
  /** Where a redirect leads: scheme, host and path. */
  readonly location?: string;
  /** A sample of the body. */
  readonly sample?: string;
}

type Limits = Pick<OutboundSettings, 'connectTimeout' | 'attemptTimeout'>;

/**
 * Sends a request and waits for its response.
 *
 * The other side may have closed a kept connection while this process was frozen. Then the request is sent once more on a new
 * connection, within the same deadline.
 *
 * @throws FailedExchange with the phase and the error
 */
export async function exchangeWithin(open: Open, body: Uint8Array, limits: Limits): Promise<HttpResponse> {
  const endsAt = performance.now() + limits.attemptTimeout;
  const request = open('pooled');
  try {
    return await exchange(request, body, endsAt, limits);
  } catch (error) {
    if (!request.reusedSocket || !isConnectionLost(error)) throw error;
    return exchange(open('own'), body, endsAt, limits);
  }
}

async function exchange(
  request: ClientRequest,
  body: Uint8Array,
  endsAt: number,
  limits: Limits,
): Promise<HttpResponse> {
  const arrived = headOf(request);
  const way = wayOf(request);
  const notConnected = `not connected within ${limits.connectTimeout} ms`;
  const connecting = timeUp(request, limits.connectTimeout, notConnected);
  const left = Math.max(0, endsAt - performance.now());
  const deadline = timeUp(request, left, `no response within ${limits.attemptTimeout} ms`);
  way.onConnected(() => clearTimeout(connecting));
  request.end(body);
  try {
    const response = await arrived;
    clearTimeout(deadline);
    return await read(response, request);
  } catch (error) {
    const { phase, validity } = way;
    throw new FailedExchange(error, { phase, validity, host: request.host });
  } finally {
    clearTimeout(connecting);
    clearTimeout(deadline);
  }
}

const timeUp = (request: ClientRequest, after: number, message: string) =>
  setTimeout(() => request.destroy(new TimeUpError(message)), after);

/** Reads the rest of a response. Closes the connection if it must not be used again. */
async function read(response: ArrivedResponse, request: ClientRequest): Promise<HttpResponse> {
  const { head, body } = response;
  if (head.isRegular) body.once('end', () => watchIdle(request.socket));
  // An error of the body must not lose the status.
  const sample = await sampleOf(response).catch(() => undefined);
  const mayGoOn = head.isRegular && body.readableEnded && request.writableFinished;
  if (!mayGoOn) request.destroy();
  const { status, headers } = head;
  const base = `${request.protocol}//${request.getHeader('host')}${request.path}`;
  const location = redirectTarget(status, headers.get('location')?.at(0), base);
  return { status, retryAfter: headers.get('retry-after'), location, sample };
}

/** The progress of a request, for the text about its failure. */
interface Way {
  readonly phase: AttemptPhase;
  /** The validity of the other side's certificate, as OpenSSL writes it. */
  readonly validity?: { readonly from: string; readonly to: string };
  onConnected(done: () => void): void;
}

function wayOf(request: ClientRequest): Way {
  // The name is resolved already.
  let phase: AttemptPhase = 'connect';
  let validity: Way['validity'];
  let connected = (): void => undefined;
  let tried = (): boolean => false;
  const arrive = (): void => {
    phase = 'head';
    connected();
  };
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) return arrive();
    // A cached name is resolved before a listener can be added.
    tried = () => (socket.autoSelectFamilyAttemptedAddresses ?? []).length > 0;
    if (!(socket instanceof TLSSocket)) return socket.once('connect', arrive);
    // Read before Node checks the certificate, because a connection that it closed no longer has one.
    socket.prependOnceListener('secure', () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate() ?? {};
      if (from !== undefined && to !== undefined) validity = { from, to };
    });
    socket.once('secureConnect', arrive);
    return socket.once('connect', () => {
      phase = 'tls';
    });
  });
  return {
    get phase() {
      return phase === 'dns' && tried() ? 'connect' : phase;
    },
    get validity() {
      return validity;
    },
    onConnected(done) {
      connected = done;
    },
  };
}
