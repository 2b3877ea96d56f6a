import { Mistake } from '../commands/mistake.ts';

/** Settings that nothing can be started with. Its message is the first fault. */
export class WrongSettings extends Mistake {
  /** Each names its variable: `PORT: must be a port number`. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults[0]);
    this.faults = faults;
  }
}

/** The mistakes that these readings of the settings find. */
export const mistakesOf = (readings: readonly (() => unknown)[]): string[] =>
  readings.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (error instanceof Mistake) return [error.message];
      throw error;
    }
  });
