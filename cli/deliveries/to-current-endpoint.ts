import { Option } from 'commander';

/** The option that also sends deliveries of a deleted endpoint to the one that has its id now. */
export const toCurrentEndpointOption = (): Option =>
  new Option(
    '--to-current-endpoint',
    'also send deliveries for a deleted endpoint, to the endpoint that has its id now; without it they are refused',
  );
