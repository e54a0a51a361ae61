/** Each name with its values, all in the order of their code units; equal values of one name count once. */
export function sortedParameters(bytes: Uint8Array): string {
  const form = new URLSearchParams(Buffer.from(bytes).toString('utf8'));
  const names = [...new Set(form.keys())].sort();
  return names
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value))
    .join('');
}
