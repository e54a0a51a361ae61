import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { placeOf } from '../flows/support/lanes.ts';

/** Begins the flow tests in the order of their lanes, and all others as Vitest does: those that failed or took long first. */
export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ project, moduleId }: TestSpecification) =>
      project.name === 'flows' ? placeOf(moduleId) : 0;
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
