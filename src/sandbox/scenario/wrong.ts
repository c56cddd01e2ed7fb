/** Something in a scenario that cannot be used. */
export interface ScenarioFault {
  /** `apps[0].clientId`; empty for the whole. */
  readonly field: string;
  /** What is wrong with it, and what to do. */
  readonly fault: string;
  /** Where in the file, from 1; absent for a scenario that came from no file. */
  readonly line?: number;
  readonly column?: number;
}

/** A scenario cannot be used; the message has a line for each thing that is wrong. */
export class ScenarioWrong extends Error {
  readonly faults: readonly ScenarioFault[];

  /** @param file  absent for a scenario that came from no file */
  constructor(file: string | undefined, faults: readonly ScenarioFault[]) {
    const lines = faults.map(({ field, fault, line, column }) => {
      const place = [file, line, column].filter((part) => part !== undefined).join(':');
      return `${place === '' ? '' : `${place}: `}${[field, fault].filter((part) => part !== '').join(' ')}`;
    });
    const [only] = lines;
    super(
      lines.length === 1
        ? `the scenario cannot be used: ${only}`
        : `the scenario has ${lines.length} mistakes:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Where in a scenario something is: `['apps', 0, 'clientId']`. */
export type FieldPath = readonly (string | number)[];

/** As a person writes it: `apps[0].clientId`. */
export function fieldName(path: FieldPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
