import { isIP } from 'node:net';
import { isAdminToken } from '../domain/admin-token.ts';
import { isLoopback, originFault } from '../domain/app.ts';
import { type DatabasePlace, databasePlace } from '../domain/database-place.ts';
import { type CountryCode, isCountryCode, toDialable } from '../domain/phone-number.ts';
import { isAddressBlock } from '../domain/policy.ts';
import { Secret } from '../domain/secret.ts';
import type { TrustedProxies } from '../domain/source.ts';
import { OPTIONS, type OptionName } from './options.ts';

/** A place to listen. */
export interface Address {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

/** What Trunkline was told, checked. */
export interface Config {
  readonly listen: Address;
  readonly adminListen: Address;
  /** CIDR blocks and single addresses. */
  readonly allowPlainHttp: readonly string[];
  readonly trustProxy: TrustedProxies;
  readonly database: DatabasePlace;
  /** Whether a flag named the database: then it, and no gateway that happens to answer, is meant. */
  readonly databaseNamed: boolean;
  /** Base64. */
  readonly vaultKey: Secret | undefined;
  readonly vaultKeyFile: string | undefined;
  readonly adminToken: Secret | undefined;
  /** The origin under which people reach the gateway, if that was told. */
  readonly publicUrl: string | undefined;
  /** Where a gateway is to be reached, if that was told. */
  readonly url: string | undefined;
  readonly gatewayKey: Secret | undefined;
  readonly country: CountryCode;
  /** As `toDialable` spells them. */
  readonly refusedNumbers: readonly string[];
  readonly statusCacheMs: number;
  readonly repeatWindowMs: number;
  readonly fax: {
    readonly waitMs: number;
    readonly isSync: boolean;
    readonly settleMs: number;
    readonly deadlineMs: number;
    readonly repeatWindowMs: number;
    readonly keepContentMs: number;
    readonly keepHistoryMs: number;
    readonly webhook: { readonly url: string; readonly keys: readonly Secret[] } | undefined;
    readonly mail: { readonly server: Secret; readonly from: string } | undefined;
  };
  /** How long connections are still taken once the gateway is to end. */
  readonly drainMs: number;
  /** 0: for ever. */
  readonly auditKeepMs: number;
  readonly logLevel: LogLevel;
  readonly sandboxListen: Address;
  readonly sandboxFile: string;
  readonly sandboxProfile: (typeof SANDBOX_PROFILES)[number];
  readonly sandboxScenario: string | undefined;
  /** Absent: plain HTTP. */
  readonly sandboxTls: { readonly names: readonly string[] } | undefined;
  readonly sandboxAllowNonLoopback: boolean;
  readonly sandboxOpenapi: string | undefined;
  /** The App that RingCentral's own environment names describe, where they do. */
  readonly app:
    | { readonly platformOrigin: string; readonly clientId: string; readonly clientSecret: Secret | undefined; readonly userJwt: Secret | undefined }
    | undefined;
}

const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const;
const SANDBOX_PROFILES = ['platform', 'strict'] as const;

/** How much is logged: nothing, what went wrong, also what may, also what happened. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A setting that cannot be used, by the name of its environment variable. */
export interface Mistake {
  readonly option: string;
  readonly message: string;
}

type Given = Readonly<Partial<Record<string, string>>>;

/**
 * Reads the configuration: a flag before an environment variable before the default. An empty value counts as absent.
 *
 * @returns every mistake at once, or the configuration
 */
export function readConfig(env: Given, flags: Given = {}): { readonly config: Config } | { readonly mistakes: readonly Mistake[] } {
  const reader = new Reader(env, flags);
  const listen = reader.read('listen', address);
  const home = reader.read('country', country);
  const config = {
    listen,
    adminListen: reader.find('adminListen', address) ?? listen,
    allowPlainHttp: reader.find('allowPlainHttp', addressBlocks) ?? [],
    trustProxy: reader.find('trustProxy', trustedProxies) ?? NOBODY,
    database: reader.read('database', database),
    databaseNamed: Boolean(flags.database),
    vaultKey: reader.find('vaultKey', vaultKey),
    vaultKeyFile: reader.find('vaultKeyFile', anyText),
    adminToken: reader.find('adminToken', adminToken),
    publicUrl: reader.find('publicUrl', origin),
    url: reader.find('url', origin),
    gatewayKey: reader.find('gatewayKey', secret),
    country: home,
    // Where the country is itself a mistake, any other finds those of the numbers.
    refusedNumbers: reader.find('refuseNumbers', (text) => numbers(text, home ?? 'US')) ?? [],
    statusCacheMs: reader.read('statusCache', secondsAsMs),
    repeatWindowMs: reader.read('repeatWindow', secondsAsMs),
    fax: {
      waitMs: reader.read('faxWait', secondsAsMs),
      isSync: reader.read('faxSync', isOn),
      settleMs: reader.read('faxSettle', settleTime),
      deadlineMs: reader.read('faxDeadline', hours),
      repeatWindowMs: reader.read('faxRepeatWindow', secondsAsMs),
      keepContentMs: reader.read('faxKeepContent', days),
      keepHistoryMs: reader.read('faxKeepHistory', days),
      webhook: readWebhook(reader),
      mail: readMail(reader),
    },
    drainMs: reader.read('drain', secondsAsMs),
    auditKeepMs: reader.read('auditKeep', days),
    logLevel: reader.read('logLevel', oneOf(LOG_LEVELS)),
    sandboxListen: reader.read('sandboxListen', address),
    sandboxFile: reader.read('sandboxFile', anyText),
    sandboxProfile: reader.read('sandboxProfile', oneOf(SANDBOX_PROFILES)),
    sandboxScenario: reader.find('sandboxScenario', anyText),
    sandboxTls: reader.find('sandboxTls', tlsNames),
    sandboxAllowNonLoopback: reader.find('sandboxAllowNonLoopback', isOn) ?? false,
    sandboxOpenapi: reader.find('sandboxOpenapi', anyText),
    app: readApp(reader),
  };
  if (config.vaultKey && config.vaultKeyFile) reader.complain('vaultKeyFile', 'is given besides TRUNKLINE_VAULT_KEY; keep one of them');
  checkListeners(config, reader);
  checkSandboxListener(config, reader);
  // Every value was read; one that could not be is among the mistakes.
  return reader.mistakes.length > 0 ? { mistakes: reader.mistakes } : { config: config as Config };
}

/** Host and port as a URL spells them. */
export function hostAndPort({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The origin at which a gateway that listens there is reached from this machine. */
export function originOf({ host, port }: Address): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${hostAndPort({ host: reached, port })}`;
}

function readApp(reader: Reader): Config['app'] {
  const clientId = reader.find('appClientId', anyText);
  const clientSecret = reader.find('appClientSecret', secret);
  const userJwt = reader.find('userJwt', secret);
  const platformOrigin = reader.read('serverUrl', origin);
  if (clientId === undefined) {
    if (clientSecret) reader.complain('appClientSecret', 'is given without RC_APP_CLIENT_ID; give both, or neither');
    if (userJwt) reader.complain('userJwt', 'is given without RC_APP_CLIENT_ID; give both, or neither');
    return undefined;
  }
  return platformOrigin === undefined ? undefined : { platformOrigin, clientId, clientSecret, userJwt };
}

function readWebhook(reader: Reader): Config['fax']['webhook'] {
  const url = reader.find('faxWebhook', webhookUrl);
  const keys = reader.find('faxWebhookKeys', webhookKeys);
  if (url !== undefined && keys === undefined) reader.complain('faxWebhookKeys', 'is missing; what TRUNKLINE_FAX_WEBHOOK is told must be signed');
  if (url === undefined && keys) reader.complain('faxWebhook', 'is missing; TRUNKLINE_FAX_WEBHOOK_KEYS is given without it');
  return url !== undefined && keys ? { url, keys } : undefined;
}

function readMail(reader: Reader): Config['fax']['mail'] {
  const server = reader.find('smtp', smtpServer);
  const from = reader.find('mailFrom', mailAddress);
  if (server && from === undefined) reader.complain('mailFrom', 'is missing; letters over TRUNKLINE_SMTP must be from somebody');
  if (!server && from !== undefined) reader.complain('smtp', 'is missing; TRUNKLINE_MAIL_FROM is given without it');
  return server && from !== undefined ? { server, from } : undefined;
}

// Old programs send passwords, and the management API its token: neither crosses a network unasked.
function checkListeners(
  config: Pick<Partial<Config>, 'allowPlainHttp'> & { listen: Address | undefined; adminListen: Address | undefined },
  reader: Reader,
): void {
  const { listen, adminListen } = config;
  if (!listen || !adminListen) return;
  const beyond = !isLoopback(listen.host);
  if (beyond && hostAndPort(listen) === hostAndPort(adminListen)) {
    reader.complain(
      'adminListen',
      `must be set apart, to 127.0.0.1:8081 for example, because TRUNKLINE_LISTEN (${hostAndPort(listen)}) is reachable from other machines`,
    );
  }
  if ((beyond || !isLoopback(adminListen.host)) && config.allowPlainHttp?.length === 0) {
    reader.complain(
      'allowPlainHttp',
      'must name the networks that may speak plain HTTP, 192.0.2.0/24 for example, because the gateway is to listen beyond this machine',
    );
  }
}

// Its passwords are public.
function checkSandboxListener(
  { sandboxListen, sandboxAllowNonLoopback }: { readonly sandboxListen: Address | undefined; readonly sandboxAllowNonLoopback: boolean },
  reader: Reader,
): void {
  if (!sandboxListen || sandboxAllowNonLoopback || isLoopback(sandboxListen.host)) return;
  const what = `"${hostAndPort(sandboxListen)}" is not on this machine`;
  reader.complain('sandboxListen', `${what}; the sandbox listens on 127.0.0.1 or [::1] only, unless --allow-non-loopback is given`);
}

// What old programs are told may lag behind by a moment, not by the length of a call.
const MOST_SECONDS = 60;
// A century: whoever means longer means for ever.
const MOST_DAYS = 36_500;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What is wrong with a value, as it follows the option's name. */
class Fault extends Error {}

/** Reads single options, and gathers what is wrong with them: the first mistake of each. */
class Reader {
  readonly mistakes: Mistake[] = [];
  readonly #env: Given;
  readonly #flags: Given;

  constructor(env: Given, flags: Given) {
    this.#env = env;
    this.#flags = flags;
  }

  complain(name: OptionName, message: string): void {
    if (!this.mistakes.some((mistake) => mistake.option === OPTIONS[name].env)) this.mistakes.push({ option: OPTIONS[name].env, message });
  }

  /** The value that was given, if one was; a mistake is kept. */
  find<Value>(name: OptionName, parse: (text: string) => Value): Value | undefined {
    const text = this.#given(name);
    return text === undefined ? undefined : this.#parse(name, text, parse);
  }

  /** The value that was given, else the default; nothing where that is a mistake, which is kept. */
  read<Value>(name: OptionName, parse: (text: string) => Value): Value | undefined {
    return this.#parse(name, this.#given(name) ?? OPTIONS[name].fallback ?? '', parse);
  }

  #given(name: OptionName): string | undefined {
    return this.#flags[name] || this.#env[OPTIONS[name].env] || undefined;
  }

  #parse<Value>(name: OptionName, text: string, parse: (text: string) => Value): Value | undefined {
    try {
      return parse(text);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.complain(name, fault.message);
      return undefined;
    }
  }
}

function address(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) throw new Fault(`"${text}" is not of the form host:port, such as 127.0.0.1:8080`);
  return { host, port: Number(port) };
}

function database(text: string): DatabasePlace {
  const place = databasePlace(text);
  if (typeof place === 'string') throw new Fault(place);
  return place;
}

function addressBlocks(text: string): readonly string[] {
  return list(text, (block) => {
    if (!isAddressBlock(block)) throw new Fault(`"${block}" is not an IP address or a CIDR block such as 192.0.2.0/24`);
    return block;
  });
}

const NOBODY: TrustedProxies = { blocks: [], header: 'x-forwarded-for' };
const LOOPBACK = ['127.0.0.0/8', '::1'];

function trustedProxies(text: string): TrustedProxies {
  const words = list(text, (word) => {
    if (word !== 'loopback' && word !== 'forwarded' && !isAddressBlock(word)) {
      throw new Fault(`"${word}" is not an IP address, a CIDR block such as 192.0.2.0/24, "loopback" or "forwarded"`);
    }
    return word;
  });
  const blocks = words.filter((word) => word !== 'forwarded').flatMap((word) => (word === 'loopback' ? LOOPBACK : [word]));
  if (blocks.length === 0) throw new Fault('names no proxy; "forwarded" says only which header yours writes');
  return { blocks, header: words.includes('forwarded') ? 'forwarded' : 'x-forwarded-for' };
}

function numbers(text: string, home: CountryCode): readonly string[] {
  return list(text, (number) => {
    const dialable = toDialable(number, home);
    if (dialable === undefined) throw new Fault(`"${number}" is not a phone number`);
    return dialable;
  });
}

function secondsAsMs(text: string): number {
  const seconds = /^\d+(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= MOST_SECONDS)) throw new Fault(`"${text}" is not a number of seconds from 0 to ${MOST_SECONDS}`);
  return Math.round(seconds * 1_000);
}

// Looked for once only, it might not be there yet.
const SHORTEST_SETTLE_MS = 1_000;

function settleTime(text: string): number {
  const ms = secondsAsMs(text);
  if (ms < SHORTEST_SETTLE_MS) throw new Fault(`"${text}" is not a number of seconds from 1 to ${MOST_SECONDS}`);
  return ms;
}

// A month: whoever waits longer for a fax has sent it in another way.
const MOST_HOURS = 720;
const HOUR_MS = 60 * 60 * 1_000;

function hours(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > MOST_HOURS) throw new Fault(`"${text}" is not a whole number of hours from 1 to ${MOST_HOURS}`);
  return Number(text) * HOUR_MS;
}

function webhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) && url.username === '' && url.password === '';
  if (!isSafe) throw new Fault('must be an https URL, or http on this machine, without a password in it');
  return url.href;
}

const FEWEST_KEY_BYTES = 24;

function webhookKeys(text: string): readonly Secret[] {
  const keys = list(text, (key) => {
    const bytes = key.startsWith('whsec_') ? Buffer.from(key.slice('whsec_'.length), 'base64').length : 0;
    if (bytes < FEWEST_KEY_BYTES) throw new Fault(`must be "whsec_" and at least ${FEWEST_KEY_BYTES} bytes in base64 each`);
    return new Secret(key);
  });
  if (keys.length < 1 || keys.length > 2) throw new Fault('must be one key, or two while one is rotated');
  return keys;
}

function smtpServer(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') throw new Fault('must be of the form smtp://USER:PASSWORD@HOST:PORT');
  return new Secret(text);
}

function mailAddress(text: string): string {
  if (!/^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]{1,100} <[^\s@<>]+@[^\s@<>]+>$/.test(text)) throw new Fault('must be an e-mail address');
  return text;
}

function days(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > MOST_DAYS) throw new Fault(`"${text}" is not a whole number of days from 0 to ${MOST_DAYS}`);
  return Number(text) * DAY_MS;
}

function list<Value>(text: string, parse: (entry: string) => Value): readonly Value[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parse);
}

function country(text: string): CountryCode {
  const code = text.toUpperCase();
  if (!isCountryCode(code)) throw new Fault(`"${text}" is not a two-letter country code such as US`);
  return code;
}

function oneOf<const Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Fault(`"${text}" is not one of ${values.join(', ')}`);
    return found;
  };
}

function isOn(text: string): boolean {
  if (!/^(on|off|true|false|1|0)$/i.test(text)) throw new Fault(`"${text}" is not one of on, off`);
  return /^(on|true|1)$/i.test(text);
}

function tlsNames(text: string): Config['sandboxTls'] {
  if (/^(on|off|true|false|1|0)$/i.test(text)) return isOn(text) ? { names: [] } : undefined;
  const names = list(text, (name) => {
    if (isIP(name) === 0 && !/^(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(name)) throw new Fault(`"${name}" is not a host name or an IP address`);
    return name;
  });
  return { names };
}

function origin(text: string): string {
  const fault = originFault(text);
  if (fault) throw new Fault(fault);
  return new URL(text).origin;
}

function adminToken(text: string): Secret {
  if (!isAdminToken(text)) throw new Fault('must have at least 16 characters, without spaces');
  return new Secret(text);
}

function vaultKey(text: string): Secret {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32 || key.toString('base64') !== text.trim())
    throw new Fault('must be 32 bytes in base64, 44 characters; make them with `openssl rand -base64 32`');
  return new Secret(text);
}

function secret(text: string): Secret {
  return new Secret(text);
}

function anyText(text: string): string {
  return text;
}
