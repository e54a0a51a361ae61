import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { idleConnections, maxAgeMs, maxIdle } from './idle-connections.ts';

/** The connections for requests to endpoints. */
export interface ConnectionPool {
  /** Returns the agent of a URL's protocol. */
  agentFor(protocol: string): HttpAgent;
  /**
   * Closes the kept connections that must not be used again. Call it right before a request is begun.
   *
   * @param addresses what the host resolves to now
   */
  closeUnfit(host: string, addresses: readonly LookupAddress[]): void;
  /** Closes all idle connections, which frees their descriptors and ports. */
  closeIdle(): void;
  /** Closes all connections. */
  close(): void;
}

const agentOptions = {
  keepAlive: true,
  maxFreeSockets: maxIdle,
  // The agent skips closed connections only at this end of its list.
  scheduling: 'fifo',
  // Without a timeout the agent ignores a server's `Keep-Alive: timeout=…`.
  timeout: maxAgeMs,
} as const;

/** Node's agents, with one limit for all their idle connections. @param now the wall clock, in milliseconds */
export function connectionPool(now: () => number = () => Date.now()): ConnectionPool {
  const idle = idleConnections(now);
  const plain = bounded(new HttpAgent(agentOptions), idle);
  let secure: HttpAgent | undefined;
  return {
    agentFor(protocol) {
      if (protocol === 'http:') return plain;
      // A function that has nothing to send loads no TLS for it.
      secure ??= bounded(new HttpsAgent(agentOptions), idle);
      return secure;
    },
    closeUnfit: idle.closeUnfit,
    closeIdle: idle.closeAll,
    close() {
      plain.destroy();
      secure?.destroy();
    },
  };
}

/**
 * Makes an agent keep only the connections that the idle list accepts, by the methods that Node documents for overriding.
 *
 * @see https://nodejs.org/api/http.html#agentkeepsocketalivesocket
 */
function bounded(agent: HttpAgent, idle: ReturnType<typeof idleConnections>): HttpAgent {
  const { createConnection, keepSocketAlive, reuseSocket } = agent;
  // All requests have the same options but host and port. Node would put the name together from two dozen, three times a request.
  agent.getName = ({ host, port } = {}) => `${host}:${port}`;
  agent.createConnection = (options, callback) => {
    const socket = createConnection.call(agent, options, callback);
    if (socket instanceof Socket) idle.begin(socket, options.host ?? '');
    return socket;
  };
  // Returns false when the server's keep-alive hint is too short, though its type says void.
  const keeps: (socket: Socket) => unknown = keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => socket instanceof Socket && keeps(socket) !== false && idle.add(socket);
  agent.reuseSocket = (socket, request) => {
    if (socket instanceof Socket) idle.remove(socket);
    reuseSocket.call(agent, socket, request);
  };
  return agent;
}
