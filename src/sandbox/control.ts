import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { World } from './world.ts';

/** A control of the sandbox: one file below `controls/`. */
export interface Control {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /**
   * @param input  the body of a POST, the query of a GET, with what stands in the path's braces
   * @returns what is answered as JSON
   * @throws ControlInputWrong
   */
  run(world: World, input: unknown): object;
}

/** What a control was told makes no sense; names the field. */
export class ControlInputWrong extends TypeError {
  readonly field: string;
  /** What is wrong with it, without its name. */
  readonly fault: string;

  constructor(field: string, fault: string) {
    super(`${field} ${fault}`);
    this.field = field;
    this.fault = fault;
  }
}

/** A control whose input is checked before it runs. */
export function checkedControl<Input extends TSchema>(control: {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly input: Input;
  run(world: World, input: Static<Input>): object;
}): Control {
  return {
    method: control.method,
    path: control.path,
    run: (world, input) => {
      checkInput(control.input, input);
      return control.run(world, input as Static<Input>);
    },
  };
}

function checkInput(schema: TSchema, input: unknown): void {
  const [error] = Value.Errors(schema, input);
  if (!error) return;
  const path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') throw new ControlInputWrong([...path, ...error.params.requiredProperties.slice(0, 1)].join('.'), 'is missing');
  if (error.keyword === 'boolean') throw new ControlInputWrong(path.join('.'), 'is not known');
  if (error.keyword === 'enum') throw new ControlInputWrong(path.join('.'), `must be one of ${error.params.allowedValues.join(', ')}`);
  throw new ControlInputWrong(path.join('.') || 'body', error.message);
}
