import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';
import { toE164 } from '../directory.ts';
import { arrive } from '../messages/arrival.ts';
import { type Message, numbersOf } from '../messages/message.ts';
import { summaryOf } from '../state.ts';
import type { World } from '../world.ts';

const LONGEST_TEXT = 100_000;

/** Has a text message, a fax or a voicemail come to a user. `to` is one of the user's numbers, or `number*extension`. */
export const receiveMessageControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/messages',
  input: Type.Object(
    {
      type: Type.Union([Type.Literal('SMS'), Type.Literal('Fax'), Type.Literal('VoiceMail')]),
      from: Type.String({ minLength: 1 }),
      to: Type.String({ minLength: 1 }),
      text: Type.Optional(Type.String({ maxLength: LONGEST_TEXT })),
      pages: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
    },
    { additionalProperties: false },
  ),
  run: (world, { from, to, ...arrival }) => {
    const sender = toE164(from);
    if (sender === undefined) throw new ControlInputWrong('from', 'is no phone number');
    const owner = world.directory.findLogin(to, undefined);
    const dialled = toE164(to.split('*')[0] ?? '');
    if (!owner || dialled === undefined) throw new ControlInputWrong('to', "is no number of this platform's users");
    return { id: arrive(world.messages, owner, { ...arrival, from: sender, to: dialled }).id };
  },
});

// What a page shows at once.
const MOST_SHOWN = 100;

/** Everybody's messages, newest first; not what is in their files. */
export const listMessagesControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/messages',
  input: Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false }),
  run: (world, { search = '' }) => {
    const wanted = search.trim().toLowerCase();
    const found = [...world.messages.list()].reverse().filter((message) => wordsOf(message).some((word) => word.toLowerCase().includes(wanted)));
    const shown = found.slice(0, MOST_SHOWN).map((message) => ({ ...summaryOf(message), owner: ownerName(world, message), text: message.subject ?? null }));
    return { total: found.length, messages: shown };
  },
});

function wordsOf(message: Message): readonly string[] {
  return [message.type, message.direction, message.subject ?? '', ...numbersOf(message)];
}

function ownerName({ directory }: World, { ownerId }: Message): string {
  return directory.findOwner(ownerId)?.extension.name ?? ownerId;
}
