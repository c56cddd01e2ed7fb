import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';
import type { FaultAction } from '../faults.ts';
import { FaultSchema } from '../scenario/schema.ts';
import { waitingFaults } from '../state.ts';

// The sandbox sets these itself, so that what a fault answers is still HTTP.
const FRAMING: ReadonlySet<string> = new Set(['connection', 'content-length', 'trailer', 'transfer-encoding']);

/** Orders a failure for requests to come. */
export const faultsControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/faults',
  input: FaultSchema,
  run: (world, fault) => {
    checkAction(fault.action);
    world.faults.add(fault);
    return { waiting: world.faults.list().length };
  },
});

/** The failures that are still waiting for a request; not what they would answer. */
export const listFaultsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/faults',
  input: Type.Object({}, { additionalProperties: false }),
  run: (world) => ({ faults: waitingFaults(world) }),
});

/** Takes back every failure that is still waiting for a request. */
export const clearFaultsControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/faults/clear',
  input: Type.Object({}, { additionalProperties: false }),
  run: (world) => {
    world.faults.reset();
    return {};
  },
});

/** @throws ControlInputWrong  what a fault is to do contradicts itself */
export function checkAction({ status, headers, body, delayMs, drop }: FaultAction): void {
  if (status === undefined && delayMs === undefined && drop === undefined) throw new ControlInputWrong('action', 'must have a status, delayMs or drop');
  if (status !== undefined && drop !== undefined) throw new ControlInputWrong('action.drop', 'does not go with a status: nobody would see it');
  if (status === undefined && headers !== undefined) throw new ControlInputWrong('action.headers', 'needs a status');
  if (status === undefined && body !== undefined) throw new ControlInputWrong('action.body', 'needs a status');
  for (const [name, value] of Object.entries(headers ?? {})) checkHeader(name, value);
}

function checkHeader(name: string, value: string): void {
  if (FRAMING.has(name.toLowerCase())) throw new ControlInputWrong(`action.headers.${name}`, 'is set by the sandbox');
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new ControlInputWrong(`action.headers.${name}`, 'is not a header');
  }
}
