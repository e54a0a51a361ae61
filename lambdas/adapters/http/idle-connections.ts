import type { LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Kept connections of all hosts together. A function has 1,024 descriptors, which the AWS clients need, too. */
export const maxIdle = 64;
/** A server that was taken out of the DNS gets events for no longer than this. */
export const maxAgeMs = 60_000;

/** The facts that decide whether a connection may be used again. */
interface Connection {
  readonly host: string;
  /** By the clock on the wall, which goes on while the process is frozen. */
  readonly madeAt: number;
  /** Since when nothing goes over it. */
  idleAt: number;
}

/**
 * The connections that wait for another request, over all hosts: at most 64, of which the one that waits longest goes
 * first. None is a minute old, and none leads to an address that its host does not resolve to any more.
 *
 * @param now the clock on the wall, in milliseconds
 */
export function idleConnections(now: () => number) {
  const made = new WeakMap<Socket, Connection>();
  /** Who waits longest comes first. */
  const idle = new Set<Socket>();

  function isStale(socket: Socket, { madeAt, idleAt }: Connection): boolean {
    const at = now();
    // A clock that was set back says nothing about ages.
    const isOld = at < idleAt || at - madeAt >= maxAgeMs;
    // The server's own hint, which its agent has set as the socket's timeout.
    return isOld || at - idleAt >= (socket.timeout || maxAgeMs);
  }

  function closeWhere(isUnfit: (socket: Socket, connection: Connection) => boolean): void {
    for (const socket of idle) {
      const connection = made.get(socket);
      if (connection && !isUnfit(socket, connection)) continue;
      idle.delete(socket);
      socket.destroy();
    }
  }

  return {
    /** A connection that is being made to a host. */
    begin(socket: Socket, host: string): void {
      const at = now();
      made.set(socket, { host, madeAt: at, idleAt: at });
      socket.once('close', () => idle.delete(socket));
    },

    /** A connection whose request is over. @returns whether it may be kept */
    add(socket: Socket): boolean {
      const connection = made.get(socket);
      if (connection === undefined) return false;
      connection.idleAt = now();
      if (isStale(socket, connection)) return false;
      idle.add(socket);
      const [oldest] = idle;
      if (idle.size > maxIdle && oldest) {
        idle.delete(oldest);
        oldest.destroy();
      }
      return true;
    },

    /** A connection that is used again. */
    remove: (socket: Socket): boolean => idle.delete(socket),

    /** Closes connections that are too old, and those to this host at any other address. */
    closeUnfit(host: string, addresses: readonly LookupAddress[]): void {
      const current = new Set(addresses.map(({ address }) => canonical(address)));
      const isElsewhere = ({ remoteAddress }: Socket) =>
        remoteAddress === undefined || !current.has(canonical(remoteAddress));
      closeWhere(
        (socket, connection) =>
          isStale(socket, connection) || (connection.host === host && isElsewhere(socket)),
      );
    },

    closeAll: () => closeWhere(() => true),
  };
}

/** One spelling of an address. */
const canonical = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
