import { createTransport } from 'nodemailer';
import type { Secret } from '../domain/secret.ts';

const TIMEOUT_MS = 20_000;

/** A letter. */
export interface Mail {
  /** The same for every attempt. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends letters over SMTP. */
export interface Mailer {
  /** @throws Error  the server did not take it */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/**
 * @param server  `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://…`
 * @param from    whom they are from
 */
export function createMailer(server: Secret, from: string): Mailer {
  const transport = createTransport({ url: server.reveal(), connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }, { from });
  return {
    send: async ({ id, to, subject, text }) => {
      // Nothing is read from files or fetched for a letter, whatever stands in it.
      await transport.sendMail({ to, subject, text, messageId: `<${id}@trunkline>`, disableFileAccess: true, disableUrlAccess: true });
    },
    close: () => transport.close(),
  };
}
