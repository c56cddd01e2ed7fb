import { GatewayError } from '../../domain/errors.ts';
import type { CountryCode } from '../../domain/phone-number.ts';
import * as call from '../../legacy/ringout/call.ts';
import * as cancel from '../../legacy/ringout/cancel.ts';
import { failedText } from '../../legacy/ringout/failed.ts';
import { findCommand } from '../../legacy/ringout/index.ts';
import * as list from '../../legacy/ringout/list.ts';
import { type RingOutParameters, readParameters } from '../../legacy/ringout/parameters.ts';
import * as status from '../../legacy/ringout/status.ts';
import { type ExplainedRequest, type Explanation, explained, ignoredNote, shownFields, TOKEN_NOTE } from './explanation.ts';

// What a request before it brings.
const FIRST_NUMBER = 'FIRST_FORWARDING_NUMBER';
const RING_OUT_ID = 'RING_OUT_ID';

/** What a request to `ringout.asp` becomes. @param query, form  each character one byte */
export function explainRingOut(query: string, form: string, country: CountryCode): Explanation {
  const parameters = readParameters(query, form);
  const command = findCommand(parameters.cmd);
  const shown = { fields: shownFields({ ...parameters }) };
  const ignored = ignoredNote(ignoredNames(`${query}&${form.trim()}`));
  try {
    const made = command === undefined ? undefined : requestsOf(command, parameters, country);
    if (made) return { what: `ringout.asp, cmd=${command}`, ...shown, requests: made.requests, notes: [...made.notes, ...ignored] };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return {
      what: `ringout.asp, cmd=${command}`,
      ...shown,
      requests: [],
      refusedWith: failedText(error, command),
      notes: [`${error.message.replace(/\.$/, '')}.`, ...ignored],
    };
  }
  const commands = 'cmd is list, call, status or cancel, in any case; it is missing here, or something else.';
  return { what: 'ringout.asp', ...shown, requests: [], refusedWith: 'FAILED Invalid Command', notes: [commands, ...ignored] };
}

function requestsOf(command: NonNullable<ReturnType<typeof findCommand>>, parameters: RingOutParameters, country: CountryCode) {
  switch (command) {
    case 'list':
      list.parse(parameters);
      return { requests: [explained('Lists the numbers; each further page is asked for in the same way.', list.toRequest(1))], notes: LIST_NOTES };
    case 'call':
      return callRequests(parameters, country);
    case 'status':
    case 'cancel':
      return sessionRequest(command, parameters);
  }
}

const LIST_NOTES = [
  TOKEN_NOTE,
  'The old answer lists the records whose features contain CallForwarding: phoneNumber (without +1), then label. REST gives JSON, in pages of 100 here.',
];

function callRequests(parameters: RingOutParameters, country: CountryCode) {
  const wanted = call.parse(parameters);
  const { to, from, callerId } = call.readNumbers(wanted, country);
  const requests: ExplainedRequest[] = [];
  if (from === undefined) requests.push(explained('Lists the numbers: the first whose features contain CallForwarding is rung first.', list.toRequest(1)));
  requests.push(explained('Places the call: rings from, then to.', call.toRequest(wanted, to, from ?? FIRST_NUMBER, callerId)));
  const notes = [
    TOKEN_NOTE,
    `Numbers are E.164, or an extension of 3 to 6 digits: ${rewritten({ to: [wanted.to, to], from: [wanted.from, from], clid: [wanted.clid, callerId] })} A number without a country code is read as in ${country} (TRUNKLINE_COUNTRY).`,
    ...(from === undefined ? [`from is missing, and REST wants it: ${FIRST_NUMBER} stands for the number that the first request finds.`] : []),
    ...(callerId === undefined && wanted.clid.trim() !== '' ? ['clid is no number, and is left out: the platform then chooses the caller ID.'] : []),
    ...(callerId === undefined
      ? []
      : ['The platform shows only caller IDs that the user may use: where it refuses callerId, Trunkline repeats the request once without it.']),
    parameters.prompt?.trim() === '1'
      ? 'prompt=1: the caller must press 1 (playPrompt).'
      : 'prompt is not 1, so playPrompt is false; it is sent, because the platform may take another default.',
    'The answer is JSON: its id, a text, takes the place of the session id, and there is no WS. Trunkline hands out a number for it, for old programs that make an integer of it.',
    'Each such request rings a telephone: it is never repeated unseen, and a GET should not place one. RingOuts are in the group Heavy, some 10 a minute.',
  ];
  return { requests, notes };
}

function sessionRequest(command: 'status' | 'cancel', parameters: RingOutParameters) {
  const { sessionId } = status.parse(parameters);
  // The platform's own ids are no plain numbers; a number is one of the old service's, or of Trunkline's.
  const ringOutId = /^[\d.]+$/.test(sessionId) ? RING_OUT_ID : sessionId;
  const place =
    ringOutId === RING_OUT_ID
      ? [`${RING_OUT_ID} stands for the id that placing the call answered; a session id is known to nobody but who handed it out.`]
      : [];
  const shared = [
    ...place,
    'The old request has no login: whoever has the session id may ask. A REST request needs the access token of the user who placed the call.',
  ];
  const session = { ringOutId, sessionId: 0, client: '', connection: '', to: '', from: '', createdAt: 0, expiresAt: 0, repeatKey: undefined };
  if (command === 'cancel') {
    const notes = [...shared, 'REST answers 204, or an error once the call is connected or over; the old service answered OK in any case.'];
    return { requests: [explained('Gives the call up while it rings.', cancel.toRequest(session))], notes };
  }
  const page =
    parameters.format?.trim().toLowerCase() === 'html' ? ['format=html is a page of the old service, which REST has not; Trunkline answers one.'] : [];
  const notes = [
    ...shared,
    'status has callStatus, calleeStatus and callerStatus as words: groups 1, 3 and 5 of the old answer. Groups 2 and 4, the numbers, REST does not tell: the program has to remember them.',
    'A call that is over is 404 shortly after; the old answer is the session id and a space then.',
    ...page,
  ];
  return { requests: [explained('Asks how the call stands.', status.toRequest(session))], notes };
}

function rewritten(numbers: Readonly<Record<string, readonly [sent: string, read: string | undefined]>>): string {
  const changed = Object.entries(numbers).filter(([, [sent, read]]) => read !== undefined && sent !== read);
  return changed.length === 0 ? 'they are here.' : `${changed.map(([name, [sent, read]]) => `${name} ${JSON.stringify(sent)} becomes ${read}`).join(', ')}.`;
}

function ignoredNames(form: string): string[] {
  const names = [...new URLSearchParams(form).keys()];
  return names.filter((name) => Object.keys(readParameters(`${encodeURIComponent(name)}=`)).length === 0);
}
