import type { CrashPoint } from '../crash-script.ts';

type When = CrashPoint['when'];

/** The process stands still while everything else continues. */
interface Stall {
  readonly call: number;
  /** Before one of the call's requests to DynamoDB, counted from 0. @default at the call itself */
  readonly request?: number;
  readonly when: When;
  readonly stallMs: number;
}

/** Queues are purged just before the call. */
interface Purge {
  readonly call: number;
  readonly purges: 'delivery' | 'all';
}

/** The queue takes the first half of a batch and refuses the rest, which the sender gets as an error. */
interface PartialSend {
  readonly call: number;
  readonly takes: 'half';
}

/** From the call on, and for this long, the tables do not respond, or no AWS service does. */
interface Outage {
  readonly call: number;
  readonly outageMs: number;
  readonly of: 'tables' | 'everything';
}

/** The reads of a call that need not be consistent miss what was written in the last `lateByMs`. */
interface LateReads {
  readonly call: number;
  readonly lateByMs: number;
  /** Also those of all later calls. */
  readonly isLasting?: boolean;
}

/** What goes wrong at one port call, counted over the whole run from 0. */
export type Fault = CrashPoint | Stall | Purge | PartialSend | Outage | LateReads;

export const isCrashPoint = (fault: Fault): fault is CrashPoint =>
  !('stallMs' in fault) &&
  !('purges' in fault) &&
  !('takes' in fault) &&
  !('outageMs' in fault) &&
  !('lateByMs' in fault);

const isLateRead = (fault: Fault): fault is LateReads => 'lateByMs' in fault;

/** The faults that can make a process repeat something. */
export const isDisturbing = (fault: Fault): boolean => !isLateRead(fault);

/** How the tables answer the reads of a run; undefined when they are never late. */
export function lateReads(faults: readonly Fault[], callUnderWay: () => number | undefined) {
  const late = faults.filter(isLateRead);
  if (late.length === 0) return undefined;
  const isLate = () => {
    const call = callUnderWay();
    return (
      call !== undefined &&
      late.some((fault) => fault.call === call || (fault.isLasting === true && fault.call < call))
    );
  };
  return { isLate, lagMs: Math.max(...late.map(({ lateByMs }) => lateByMs)) };
}

/** The process dies. */
export const isDeath = (fault: Fault): fault is CrashPoint =>
  isCrashPoint(fault) && fault.fault === undefined;

export function describeFault(fault: Fault): string {
  if ('purges' in fault) return `purge ${fault.purges} at call ${fault.call}`;
  if ('takes' in fault) return `half of a batch taken at call ${fault.call}`;
  if ('lateByMs' in fault) return `late reads ${fault.isLasting ? 'from' : 'at'} call ${fault.call}`;
  if ('stallMs' in fault) return `stalls ${fault.when} ${placeOf(fault)}`;
  if ('outageMs' in fault) return `outage of ${fault.of} from call ${fault.call}`;
  return `${fault.fault ?? 'crashes'} ${fault.when} ${placeOf(fault)}`;
}

const placeOf = ({ call, request }: CrashPoint | Stall): string =>
  request === undefined ? `call ${call}` : `request ${request} of call ${call}`;

/** The effect of a fault on its world. */
interface FaultPorts {
  stall(ms: number): Promise<void>;
  purge(queues: Purge['purges']): void;
  /** The queue takes half of the batch that is sent next. */
  halveBatch(): void;
}

/** Makes one port call with the stalls, purges and partial sends that are meant for it; crashes are the crash script's. */
export async function callWithFaults(
  effect: () => Promise<unknown>,
  faults: readonly Fault[],
  ports: FaultPorts,
): Promise<unknown> {
  const stall = async (when: When) => {
    for (const fault of faults)
      if ('stallMs' in fault && fault.request === undefined && fault.when === when)
        await ports.stall(fault.stallMs);
  };
  for (const fault of faults) if ('purges' in fault) ports.purge(fault.purges);
  await stall('before');
  if (faults.some((fault) => 'takes' in fault)) ports.halveBatch();
  const value = await effect();
  await stall('after');
  return value;
}

/** Whether a call happens during an outage. */
export function outages(faults: readonly Fault[], now: () => number) {
  const begun = new Map<Fault, number>();

  return {
    meets(call: number, name: string): boolean {
      const down = faults.filter((fault) => {
        if (!('outageMs' in fault) || call < fault.call) return false;
        const since = begun.get(fault) ?? now();
        begun.set(fault, since);
        return now() < since + fault.outageMs && isPartOf(fault.of, name);
      });
      return down.length > 0;
    },
  };
}

/** Whether an outage hits a call. */
export const isPartOf = (what: Outage['of'], name: string): boolean =>
  what === 'tables'
    ? /^(deliveries|manifests|events|readPayload|tallies)\b/.test(name)
    : name !== 'post' && name !== 'pause';

/** How long a process stalls before a request of a call. */
export const stallBefore = (
  faults: readonly Fault[],
  at: { readonly call: number; readonly request: number },
) =>
  faults.find(
    (fault): fault is Stall => 'stallMs' in fault && fault.call === at.call && fault.request === at.request,
  )?.stallMs;

/** How long a fault goes on from its beginning. */
export const lengthOf = (fault: Fault): number =>
  'stallMs' in fault ? fault.stallMs : 'outageMs' in fault ? fault.outageMs : 0;
