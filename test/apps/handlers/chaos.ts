import { defineHandlers, type HandlerEvent } from 'hookline/handlers';

/** Reports the event, and does what the answer says: see test/chaos/traffic.ts. */
async function report(event: HandlerEvent): Promise<void> {
  const response = await fetch(`${process.env['SINK_URL']}/handled/${event.id}`, { method: 'POST' });
  if (!response.ok) throw new Error(`the chaos test says ${response.status}`);
}

export const handlers = { plain: defineHandlers('hmac', { '*': report }) };
