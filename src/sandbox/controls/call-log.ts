import { type Static, Type } from 'typebox';
import type { NewCall } from '../call-log/call-record.ts';
import { generateCalls } from '../call-log/generated-calls.ts';
import { ControlInputWrong, checkedControl } from '../control.ts';
import { toInstant } from '../wire/query.ts';

const MOST_RECORDS = 10_000;
const Text = Type.Optional(Type.String({ minLength: 1 }));
const Party = Type.Object({ phoneNumber: Text, extensionNumber: Text, name: Text }, { additionalProperties: false });
const Call = Type.Object(
  {
    type: Type.Optional(Type.Unsafe<NewCall['type']>(Type.Enum(['Voice', 'Fax']))),
    direction: Type.Optional(Type.Unsafe<NewCall['direction']>(Type.Enum(['Inbound', 'Outbound']))),
    action: Text,
    result: Text,
    transport: Type.Optional(Type.Unsafe<'PSTN' | 'VoIP'>(Type.Enum(['PSTN', 'VoIP']))),
    from: Type.Optional(Party),
    to: Type.Optional(Party),
    startTime: Text,
    durationSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    recordingType: Type.Optional(Type.Unsafe<'Automatic' | 'OnDemand'>(Type.Enum(['Automatic', 'OnDemand']))),
    sessionId: Text,
  },
  { additionalProperties: false },
);

/**
 * Writes calls into a user's call log that nobody has placed: `count` generated ones, or `records` of one's own, where
 * what is left out is as of the first generated one.
 */
export const callLogControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/call-log',
  input: Type.Object(
    {
      ownerId: Type.String(),
      count: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_RECORDS })),
      records: Type.Optional(Type.Array(Call, { minItems: 1, maxItems: MOST_RECORDS })),
    },
    { additionalProperties: false },
  ),
  run: (world, { ownerId, count, records }) => {
    const owner = world.directory.findOwner(ownerId);
    if (!owner) throw new ControlInputWrong('ownerId', 'is no user of this platform');
    if ((count === undefined) === (records === undefined)) throw new ControlInputWrong('count', 'or records is needed, and not both');
    const own = owner.extension.directNumbers[0] ?? owner.account.mainNumber;
    const calls = records ? records.map((record, index) => completed(record, index, own, world.now())) : generateCalls(count ?? 0, own, world.now());
    return { ids: calls.map((call) => world.callLog.add(owner, call).id) };
  },
});

function completed({ startTime, durationSeconds, ...given }: Static<typeof Call>, index: number, own: string, now: number): NewCall {
  const [model] = generateCalls(1, own, now);
  const startedAt = startTime === undefined ? undefined : toInstant(startTime);
  if (startTime !== undefined && startedAt === undefined) throw new ControlInputWrong(`records.${index}.startTime`, 'is no time in ISO 8601');
  return {
    ...(model as NewCall),
    ...given,
    ...(startedAt !== undefined && { startTime: startedAt }),
    ...(durationSeconds !== undefined && { durationMs: durationSeconds * 1_000 }),
  };
}
