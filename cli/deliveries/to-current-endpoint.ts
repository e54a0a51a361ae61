import { Option } from 'commander';

/** The option that sends on purpose what an endpoint of the same id was to get that is deleted. */
export const toCurrentEndpointOption = (): Option =>
  new Option(
    '--to-current-endpoint',
    'also send deliveries for a deleted endpoint, to the endpoint that has its id now; without it they are refused',
  );
