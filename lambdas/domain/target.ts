import * as v from 'valibot';

/**
 * A target of a source: what gets its events. `at` is its place in the source's list of `TARGETS`, where the deployment puts the
 * ARN, or the URL of a queue.
 */
export const TargetSettings = v.union([
  /** The team's handlers. */
  v.object({ kind: v.literal('handlers') }),
  v.object({ kind: v.picklist(['bus', 'function', 'stateMachine']), at: v.number() }),
  v.object({
    kind: v.picklist(['queue', 'topic']),
    at: v.number(),
    /** It takes a group and a deduplication id. */
    isFifo: v.boolean(),
    /** The names of the fields that lead to the group in the payload. */
    groupBy: v.optional(v.array(v.string())),
  }),
]);
export type TargetSettings = v.InferOutput<typeof TargetSettings>;

/** A target outside of λ consume. */
export type RemoteTarget = Exclude<TargetSettings, { readonly kind: 'handlers' }>;
export type RemoteKind = RemoteTarget['kind'];

/** The targets of a source by event type: an exact one, `prefix.*`, or `*`, as handlers are declared. */
export const TargetsByType = v.record(v.string(), v.array(TargetSettings));
export type TargetsByType = v.InferOutput<typeof TargetsByType>;
