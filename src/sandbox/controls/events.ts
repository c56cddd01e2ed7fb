import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';
import { normalPath } from '../subscriptions/event-filter.ts';

const LONGEST_FILTER = 2_048;

/** Has an event happen that nothing in the sandbox brings about: whoever subscribes to it is told. */
export const eventsControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/events',
  input: Type.Object(
    {
      filter: Type.String({ minLength: 1, maxLength: LONGEST_FILTER, pattern: '^/[^?]*$' }),
      ownerId: Type.String({ pattern: '^\\d{1,20}$' }),
      body: Type.Record(Type.String(), Type.Unknown()),
      attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    { additionalProperties: false },
  ),
  run: (world, { filter, ownerId, body, attributes }) => {
    const owner = world.directory.findOwner(ownerId);
    if (!owner) throw new ControlInputWrong('ownerId', "is no extension's id");
    const path = normalPath(filter, owner);
    world.events.emit({ filter: path, ownerId, body, ...(attributes && { attributes }) });
    return { filter: path };
  },
});
