import type { Endpoint } from './endpoint.ts';
import type { LocalOutputs } from './outputs.ts';

export async function seedSecrets(_endpoint: Endpoint, _outputs: LocalOutputs): Promise<void> {}
