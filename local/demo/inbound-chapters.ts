import { type DemoRequest, signers } from './signed-requests.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { until } from './until.ts';

/** Shows that one signed event of each source is handled, that its duplicate is not, and that a forged one is not even queued. */
export async function inboundChapters(stage: Stage, story: Story): Promise<void> {
  for (const [source, { provider, secretArn }] of Object.entries(stage.outputs.inbound.sources)) {
    const sign = signers[provider];
    if (sign === undefined) continue;
    const request = sign(await stage.secret(secretArn), unixNow());

    story.chapter(`${source} sends ${request.type}, signed`);
    await post(stage, story, source, request, 200);
    await handledOnce(stage, story, source, request);

    story.chapter(`${source} gets no response in time and sends the same event again`);
    await post(stage, story, source, request, 200);
    await handledOnce(stage, story, source, request);

    story.chapter(`A forger sends an event to the URL of ${source}, signed with another key`);
    const forged = sign('whsec_bm90LXRoZS1rZXktYXQtYWxs', unixNow());
    await post(stage, story, source, forged, 401);
    const record = await stage.item(stage.outputs.tables.inboundEvents, `${source}#${forged.id}`);
    story.promise(
      'nothing of it was queued or recorded',
      record === undefined && (await queueIsEmpty(stage, source)),
      record,
    );
  }
}

async function post(
  stage: Stage,
  story: Story,
  source: string,
  request: DemoRequest,
  expected: number,
): Promise<void> {
  const url = stage.outputs.inbound.sources[source]?.url ?? '';
  const headers = { 'content-type': 'application/json', ...request.headers };
  const begun = performance.now();
  const response = await fetch(url, { method: 'POST', headers, body: request.body });
  const answer = (await response.text()).slice(0, 120);
  const took = Math.round(performance.now() - begun);
  story.promise(`response ${response.status} ${answer} in ${took} ms`, response.status === expected, answer);
}

async function handledOnce(stage: Stage, story: Story, source: string, { id }: DemoRequest): Promise<void> {
  const record = await until(`the event ${id} to be handled`, async () => {
    const item = await stage.item(stage.outputs.tables.inboundEvents, `${source}#${id}`);
    return item?.['status'] === 'processed' && (await queueIsEmpty(stage, source)) ? item : undefined;
  });
  story.promise(
    `its handler ran once: ${id} is processed, attempts ${record['attempts']}`,
    record['attempts'] === 1,
    record,
  );
}

const queueIsEmpty = (stage: Stage, source: string): Promise<boolean> =>
  stage.isEmpty(stage.outputs.queues.inbound[source] ?? '');

const unixNow = (): number => Math.floor(Date.now() / 1000);
