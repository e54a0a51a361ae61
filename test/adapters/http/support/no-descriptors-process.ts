import { openSync } from 'node:fs';
import { httpSender } from '../../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../../lambdas/domain/time.ts';

/**
 * A process that has used up its descriptors. argv: the receiver's port. Prints how a request ends with connections that
 * can be closed for it, and how without.
 */
const [port = ''] = process.argv.slice(2);
const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) };

async function ending(sender: ReturnType<typeof httpSender>, name: string): Promise<unknown> {
  const url = `http://${name}.localhost:${port}/`;
  try {
    return await sender.post({ url, headers: {}, body: Buffer.from('{}'), timeout: millis(10_000) });
  } catch (error) {
    return error instanceof Error ? { thrown: error.name, message: error.message } : error;
  }
}

function useUpDescriptors(): void {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // EMFILE: there are none left.
  }
}

const withIdle = httpSender(settings);
const withoutIdle = httpSender(settings);
for (let host = 0; host < 10; host++) await ending(withIdle, `h${host}`);
useUpDescriptors();
const none = await ending(withoutIdle, 'another');
const freed = await ending(withIdle, 'another');
withIdle.close();
console.log(JSON.stringify({ none, freed }));
