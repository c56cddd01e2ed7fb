import type { CountryCode } from '../domain/phone-number.ts';
import type { ExplainedRequest, Explanation } from './explain/explanation.ts';
import { explainFaxOut } from './explain/fax-out.ts';
import { LANGUAGES, type Language } from './explain/languages.ts';
import { NotAnOldRequest, readOldRequest } from './explain/old-request.ts';
import { explainRingOut } from './explain/ring-out.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, withoutControls } from './print.ts';
import { CommandFailed } from './say.ts';

// What the old service's own programs sent is some hundred bytes; the gateway takes no more.
const LONGEST_FORM_BYTES = 1024 * 1024;

/** The flags of `trunkline explain`. */
export interface ExplainOldFlags extends Output {
  readonly as?: string;
}

/** `trunkline explain [REQUEST]` @throws CommandFailed  it is no old request; what it holds is not repeated */
export async function explainOldCommand<Config>(parts: CliParts<Config>, config: Config, request: string | undefined, flags: ExplainOldFlags): Promise<void> {
  const language = readLanguage(flags.as);
  const source = request === undefined || request === '-' ? (process.stdin as AsyncIterable<Buffer>) : only(Buffer.from(request, 'utf8'));
  const explanation = await explainOldRequest(source, parts.countryOf(config), parts.clock.now());
  if (flags.json) printJson({ ...explanation, requests: explanation.requests.map((each) => ({ ...each, code: LANGUAGES[language](each) })) });
  else for (const line of explanationLines(explanation, language)) printLine(line);
}

/** @throws CommandFailed */
export async function explainOldRequest(source: AsyncIterable<Uint8Array>, country: CountryCode, now: number): Promise<Explanation> {
  try {
    const { api, query, contentType, body } = await readOldRequest(source);
    if (api === 'ringout') return explainRingOut(query, await readForm(body), country);
    // A GET, or what stands in the query of a POST, was never a fax; whoever has only that wants to know what it would be.
    return await explainFaxOut({ contentType, body: contentType === '' ? behind(query, body) : body }, country, now);
  } catch (error) {
    throw error instanceof NotAnOldRequest ? new CommandFailed(error.message) : error;
  }
}

/** What is said of it. */
export function explanationLines({ what, fields, requests, refusedWith, notes }: Explanation, language: Language): string[] {
  const width = Math.max(0, ...fields.map(({ name }) => name.length));
  return [
    what,
    ...fields.map(({ name, value }) => `  ${name.padEnd(width)}  ${withoutControls(value)}`),
    '',
    ...(refusedWith === undefined ? [] : [`It is answered ${refusedWith}, and RingCentral is asked nothing.`, '']),
    ...requests.flatMap((request, index) => [`${index + 1}. ${request.purpose}${needs(request)}`, '', LANGUAGES[language](request), '']),
    ...notes.map((note) => `- ${withoutControls(note)}`),
  ];
}

function needs({ permission, group }: ExplainedRequest): string {
  const parts = [...(permission === '' ? [] : [`Permission ${permission}`]), ...(group === undefined ? [] : [`usage-plan group ${group}`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function readLanguage(given = 'curl'): Language {
  const name = given.toLowerCase();
  if (!Object.hasOwn(LANGUAGES, name)) throw new CommandFailed(`--as ${given} is none of ${Object.keys(LANGUAGES).join(', ')}.`);
  return name as Language;
}

async function readForm(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LONGEST_FORM_BYTES) throw new CommandFailed('The form is longer than a mebibyte; ringout.asp takes no such one.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

async function* behind(query: string, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (query !== '') yield Buffer.from(`${query}&`, 'latin1');
  yield* body;
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
