import type { Fax, FaxEventName } from '../domain/fax.ts';

/** What a program is told of a fax. */
export function toEvent(fax: Fax, event: FaxEventName, at: number): object {
  const { id, client, connection, state, messageId, messageStatus, pageCount, code, attempts, createdAt, order, results } = fax;
  return {
    type: `fax.${event}`,
    timestamp: new Date(at).toISOString(),
    data: {
      ...{ id, client, connection, state, attempts },
      ...(messageId !== undefined && { messageId }),
      ...(messageStatus !== undefined && { messageStatus }),
      ...(pageCount !== undefined && { pageCount }),
      ...(code !== undefined && { code }),
      acceptedAt: new Date(createdAt).toISOString(),
      recipients: resultsOf(results, order.recipients),
    },
  };
}

/** What its sender is told of a fax, as the old service told it by e-mail. */
export function toLetter(fax: Fax, event: FaxEventName): { readonly subject: string; readonly text: string } {
  const { order, pageCount, results, createdAt, id, code } = fax;
  const outcome =
    event === 'delivered' ? 'was sent' : event === 'followed_no_more' ? 'was handed to RingCentral; what became of it is not known' : 'was not sent';
  const [first] = order.recipients;
  const others = order.recipients.length > 1 ? ` and ${order.recipients.length - 1} more` : '';
  const lines = resultsOf(results, order.recipients).map(({ phoneNumber, name, messageStatus, faxErrorCode }) => {
    const who = name === undefined ? phoneNumber : `${phoneNumber} (${oneLine(name)})`;
    return `  ${who}: ${messageStatus ?? 'not sent'}${faxErrorCode === undefined ? '' : `, ${faxErrorCode}`}`;
  });
  return {
    subject: `Your fax to ${first?.phoneNumber ?? 'nobody'}${others} ${outcome}`,
    text: [
      `Your fax of ${new Date(createdAt).toISOString()} ${outcome}.`,
      '',
      ...(pageCount === undefined ? [] : [`Pages: ${pageCount}`]),
      ...(code === undefined ? [] : [`Reason: ${code}`]),
      'Recipients:',
      ...lines,
      '',
      `Fax ${id}`,
    ].join('\r\n'),
  };
}

interface Recipient {
  readonly phoneNumber: string;
  readonly name?: string;
  readonly messageStatus?: string;
  readonly faxErrorCode?: string;
}

// Until the platform has it there are no results, but it is known whom it goes to.
function resultsOf(results: readonly Recipient[], recipients: readonly Recipient[]): readonly Recipient[] {
  return results.length > 0 ? results : recipients;
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
