import { createHash } from 'node:crypto';
import { defineHandlers, type HandlerContext, type HandlerEvent, PermanentFailure } from 'hookline/handlers';
import type { Behaviour } from '../../flows/support/sink.ts';

/** Reports the event to the test's sink, then does what the sink's answer says. */
async function obeySink(event: HandlerEvent, context: HandlerContext): Promise<void> {
  const response = await fetch(`${process.env['SINK_URL']}/calls`, {
    method: 'POST',
    body: JSON.stringify({
      source: event.source,
      id: event.id,
      type: event.type,
      attempt: context.attemptNumber,
      bytes: event.body.byteLength,
      sha256: createHash('sha256').update(event.body).digest('hex'),
    }),
  });
  await behave((await response.text()) as Behaviour);
}

async function behave(behaviour: Behaviour): Promise<void> {
  switch (behaviour) {
    case 'succeed':
      return;
    case 'throw':
      throw new Error('the test says: throw');
    case 'permanent':
      throw new PermanentFailure('the test says: give up');
    case 'exit':
      process.exit(1);
      break;
    case 'hang':
      await new Promise(() => undefined);
  }
}

const everything = { '*': obeySink };

/** Every source's events go to the sink; `quiet` has a handler for one type only, so that the rest is ignored. */
export const handlers = {
  stripe: defineHandlers('stripe', everything),
  rotating: defineHandlers('stripe', everything),
  github: defineHandlers('github', everything),
  shopify: defineHandlers('shopify', everything),
  standard: defineHandlers('standard-webhooks', everything),
  plain: defineHandlers('hmac', everything),
  deadly: defineHandlers('hmac', everything),
  mortal: defineHandlers('hmac', everything),
  hanging: defineHandlers('hmac', everything),
  timed: defineHandlers('hmac', everything),
  batch: defineHandlers('hmac', everything),
  fenced: defineHandlers('hmac', everything),
  quiet: defineHandlers('hmac', { 'heard.*': obeySink }),
};
