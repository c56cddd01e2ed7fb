import { Type } from 'typebox';
import { Time } from './contract.ts';

/** `POST clients/{name}/keys`: a newer gateway key; it may be sent without a body. */
export const ClientKeyBody = Type.Optional(
  Type.Union([
    Type.Null(),
    Type.Object(
      {
        overlapSeconds: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'How long the present key stays good; absent: until it is removed' }),
        ),
      },
      { additionalProperties: false },
    ),
  ]),
);

const keyFields = {
  id: Type.String(),
  createdAt: Time('When it was made'),
  expiresAt: Type.Optional(Time('From when it is not good any more; absent where it has no end')),
};

/** A gateway key as the API shows it. */
export const ClientKeyAnswer = Type.Object(keyFields, { title: 'GatewayKey' });

/** A gateway key that was just made. */
export const AddedClientKeyAnswer = Type.Object(
  { ...keyFields, key: Type.String({ description: 'The gateway key; it is shown this once' }) },
  { title: 'AddedGatewayKey' },
);

/** The gateway keys of a Client. */
export const ClientKeysAnswer = Type.Object({ items: Type.Array(ClientKeyAnswer) });
