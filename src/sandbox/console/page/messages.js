// @ts-check
import { ask } from './api.js';
import { choice, el, field, form, table, time } from './dom.js';
import { searchable } from './lists.js';

/** Faxes and messages of everybody, and one that comes from outside. */
export function messages() {
  const receive = form(
    'Have it come',
    [
      choice('Type', 'type', ['SMS', 'Fax', 'VoiceMail']),
      field('From', 'from', { required: true, inputmode: 'tel', placeholder: '+15555550123' }),
      field("To: a user's number, or number*extension", 'to', { required: true, placeholder: '18889363711*101' }),
      field('Text', 'text'),
    ],
    async (arrival) => {
      await ask('messages', arrival);
      return 'It has come.';
    },
  );
  return searchable(
    'Messages',
    'messages',
    'number, type, text',
    (told) => [
      table(
        'Messages, newest first',
        [
          { title: 'Message' },
          { title: 'From and to' },
          { title: 'Status', kind: 'short' },
          { title: 'Files' },
          { title: 'In the store of', kind: 'wide' },
          { title: 'Came (UTC)', kind: 'short wide' },
        ],
        told.messages.map((/** @type {any} */ message) => [
          el('span', {}, `${message.type} ${message.direction === 'Inbound' ? 'received' : 'sent'}`, message.text ? el('br') : '', message.text ?? ''),
          `${message.from ?? 'unknown'} → ${message.to.map((/** @type {any} */ recipient) => recipient.number ?? 'unknown').join(', ')}`,
          el('span', { class: message.messageStatus.endsWith('Failed') ? 'bad' : 'good' }, message.messageStatus),
          el('span', {}, ...message.attachments.flatMap((/** @type {any} */ attachment) => [fileLink(message, attachment), ' '])),
          message.owner,
          time(message.createdAt),
        ]),
        'There is no message.',
      ),
    ],
    el('h3', {}, 'A message from outside'),
    receive,
  );
}

/**
 * @param {any} message
 * @param {any} attachment
 */
function fileLink(message, attachment) {
  const name = attachment.fileName ?? attachment.contentType;
  return el(
    'a',
    { href: `/_sandbox/messages/${message.id}/files/${attachment.id}`, target: '_blank', rel: 'noopener', 'data-key': `file ${attachment.id}` },
    name,
  );
}
