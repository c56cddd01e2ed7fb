import { Type } from 'typebox';
import { closed, oneOf, SecretText } from './contract.ts';

/** What a user is as an agent of RingCX. */
export const RingCxAgents = Type.Array(
  Type.Object({
    agentId: Type.Optional(Type.String()),
    firstName: Type.Optional(Type.String()),
    lastName: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    username: Type.Optional(Type.String()),
    agentType: Type.Optional(Type.String()),
    rcUserId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    accountName: Type.Optional(Type.String()),
    agentGroupId: Type.Optional(Type.String()),
    allowLoginControl: Type.Optional(Type.Boolean()),
    allowLoginUpdates: Type.Optional(Type.Boolean()),
  }),
  { description: 'What the user is as an agent, in each account of RingCX where it is one; ids as text' },
);

/** An access token, in the platform's own spelling. */
export const TokenAnswer = Type.Object(
  {
    access_token: Type.String({ description: 'For requests to the platform' }),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ minimum: 0, description: 'Seconds for which it may be used: its lifetime less the margin that is kept for using it' }),
    scope: Type.Optional(Type.String({ description: 'The Permissions of its Grant, as the platform wrote them; a token of RingCX has none' })),
    owner_id: Type.Optional(Type.String({ description: 'The extension it belongs to' })),
    main_account_id: Type.Optional(Type.String({ description: "With `for=ringcx`: the user's main account in RingCX" })),
    admin_id: Type.Optional(Type.String({ description: "With `for=ringcx`: the user's own id in RingCX" })),
    agent_details: Type.Optional(RingCxAgents),
  },
  { title: 'Token' },
);

/** `?for=` of the token routes. */
export const TokenQuery = Type.Object({ for: Type.Optional(oneOf(['ringcx'], 'ringcx: a token of RingCX, for RingCX')) }, closed);

/** `POST connections/{name}/token`. */
export const RejectedBody = Type.Object({ rejected: Type.String({ ...SecretText, description: 'The access token that the platform refused' }) }, closed);
