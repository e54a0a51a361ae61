import { Option } from 'commander';

/** The option that sends on purpose what an endpoint of the same id was to get that is deleted. */
export const toCurrentEndpointOption = (): Option =>
  new Option(
    '--to-current-endpoint',
    'also what was for a deleted endpoint, to the one that has its id now; else that is refused',
  );
