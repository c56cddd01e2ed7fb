import { Type } from 'typebox';
import { WAYS } from '../domain/invitation.ts';
import { closed, Labels, Name, oneOf, secret, Time, text } from './contract.ts';

// Whoever needs a link for longer makes another one.
const LONGEST_SECONDS = 90 * 24 * 3_600;

const forWhom = {
  connection: Type.Unsafe<string>({ ...Name, description: 'Created when the person connects, where it is not there yet' }),
  app: Type.Unsafe<string>({ ...Name, description: 'The App that the person allows it' }),
  labels: Type.Optional(Labels),
};

/** `POST invitations`. */
export const InvitationBody = Type.Object(
  {
    ...forWhom,
    returnTo: Type.Optional(text("Where the person is led afterwards: one of the App's returnTo addresses, exactly so")),
    ways: Type.Optional(
      Type.Array(oneOf(WAYS, 'consent: the consent page of RingCentral; jwt: a JWT credential that the person pastes'), {
        minItems: 1,
        uniqueItems: true,
        description: 'How the person may connect; absent: either way',
      }),
    ),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: LONGEST_SECONDS, description: 'For how long the link is good; absent: a week' })),
  },
  closed,
);

const invitationFields = {
  id: Type.String(),
  connection: Type.String(),
  app: Type.String(),
  labels: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
  returnTo: Type.Optional(Type.String()),
  ways: Type.Array(oneOf(WAYS, 'A way to connect')),
  state: oneOf(['open', 'used', 'expired'], 'Whether its link may be used'),
  createdAt: Time('When it was created'),
  expiresAt: Time('When its time is over'),
  usedAt: Type.Optional(Time('When it was used')),
};

/** An invitation as the API shows it. */
export const InvitationAnswer = Type.Object(invitationFields, { title: 'Invitation' });

/** An invitation that was just created. */
export const CreatedInvitationAnswer = Type.Object(
  { ...invitationFields, url: Type.String({ description: 'The link, which works once; it is shown this once' }) },
  { title: 'CreatedInvitation' },
);

/** `POST sign-ins`. */
export const SignInBody = Type.Object(
  { ...forWhom, redirectUri: text("Where the caller listens for the answer: on loopback, by one of the App's redirect URIs") },
  closed,
);

/** A sign-in that was begun. */
export const SignInAnswer = Type.Object(
  { url: Type.String({ description: 'Where the browser goes; its `state` must come back' }), expiresAt: Time('Until when the answer counts') },
  { title: 'SignIn' },
);

/** `POST sign-ins/finish`: what came back to the redirect URI, as it was sent. */
export const SignInFinishBody = Type.Object(
  {
    state: secret('As it came back'),
    code: Type.Optional(secret('As it came back')),
    error: Type.Optional(text('As it came back')),
    iss: Type.Optional(text('As it came back')),
  },
  closed,
);
