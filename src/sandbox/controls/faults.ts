import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';
import type { FaultAction } from '../faults.ts';

const LONGEST_DELAY_MS = 600_000;
const MOST_TIMES = 1_000_000;
const closed = { additionalProperties: false };
const Text = Type.String({ minLength: 1, maxLength: 500 });

const FaultInput = Type.Object(
  {
    match: Type.Object({ method: Type.Optional(Text), path: Type.Optional(Text), grantType: Type.Optional(Text) }, closed),
    times: Type.Integer({ minimum: 1, maximum: MOST_TIMES }),
    action: Type.Object(
      {
        status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        body: Type.Optional(Type.Unknown()),
        delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_DELAY_MS })),
        drop: Type.Optional(Type.Enum(['before', 'after'])),
      },
      closed,
    ),
  },
  closed,
);

// The sandbox sets these itself, so that what a fault answers is still HTTP.
const FRAMING: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding']);

/** Orders a failure for requests to come. */
export const faultsControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/faults',
  input: FaultInput,
  run: (world, fault) => {
    checkAction(fault.action);
    world.faults.add(fault);
    return { waiting: world.faults.list().length };
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
