import { Type } from 'typebox';
import { FAX_STATES } from '../domain/fax.ts';
import { closed, oneOf, PageQuery, pageAnswer, Time } from './contract.ts';
import { NO_NULL_CHARACTER } from './problem.ts';

const Named = (description: string) => Type.Optional(Type.String({ maxLength: 200, pattern: NO_NULL_CHARACTER, description }));

/** `GET faxes`. */
export const FaxQuery = Type.Object(
  {
    ...PageQuery.properties,
    state: Type.Optional(oneOf(FAX_STATES, 'Those that stand so')),
    connection: Named('Those of this Connection'),
    client: Named('Those of this Client'),
  },
  closed,
);

/** `GET faxes/{id}`. */
export const FaxParams = Type.Object({ id: Type.String({ maxLength: 100, pattern: NO_NULL_CHARACTER }) }, closed);

const RecipientAnswer = Type.Object({
  phoneNumber: Type.String(),
  name: Type.Optional(Type.String()),
  messageStatus: Type.Optional(
    Type.String({ description: "The platform's: Queued, Sent, Delivered, SendingFailed, DeliveryFailed; absent until it has the fax" }),
  ),
  faxErrorCode: Type.Optional(Type.String({ description: "The platform's: NoAnswer, LineBusy and the like" })),
});

/** A fax as the API shows it. */
export const FaxAnswer = Type.Object(
  {
    id: Type.String(),
    client: Type.String(),
    connection: Type.String(),
    state: oneOf(FAX_STATES, 'See docs/fax.md'),
    recipients: Type.Array(RecipientAnswer),
    documents: Type.Array(Type.Object({ fileName: Type.String(), contentType: Type.String(), bytes: Type.Integer() })),
    attempts: Type.Integer({ description: 'How often it was handed to the platform' }),
    messageId: Type.Optional(Type.String({ description: "The platform's" })),
    messageStatus: Type.Optional(Type.String({ description: "The platform's, of the whole" })),
    pageCount: Type.Optional(Type.Integer()),
    code: Type.Optional(Type.String({ description: 'Why it failed, or waits' })),
    erased: Type.Boolean({ description: 'Whether its documents are erased here' }),
    createdAt: Time('When it was accepted'),
    dueAt: Type.Optional(Time('When it is worked on next, where it waits')),
    sendAt: Type.Optional(Time('When the platform is to send it, where it was told')),
    closedAt: Type.Optional(Time('When it came to its end')),
    history: Type.Optional(
      Type.Array(Type.Object({ at: Time('When it happened'), event: Type.String(), code: Type.Optional(Type.String()) }), {
        description: 'The oldest first; not in a list',
      }),
    ),
  },
  { title: 'Fax' },
);

export const FaxesAnswer = pageAnswer(FaxAnswer);
