import { GatewayError } from '../domain/errors.ts';

/** A failure that has been said already, or that needs this one line only. */
export class CommandFailed extends Error {}

/**
 * One line for a person: what happened, to which thing, what to do next.
 *
 * @param listening  the option behind each address, so that a port that is taken names what to set
 */
export function failureLine(error: unknown, listening: Readonly<Record<string, string>> = {}): string {
  if (error instanceof GatewayError || error instanceof CommandFailed) return error.message;
  const { code, address, port, path, message } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const place = address === undefined ? '' : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const other = listening[place] ? `set ${listening[place]} to another address` : '';
  if (code === 'EADDRINUSE') return `${place} is already in use${other && `; end what uses it, or ${other}`}.`;
  if (code === 'EADDRNOTAVAIL') return `${place} is not an address of this machine${other && `; ${other}`}.`;
  if (code === 'EACCES' && place) return `this user may not listen on ${place}${other && `; ${other}`}.`;
  if (code !== undefined && path !== undefined) return `${path} cannot be used: ${FILE_FAULTS[code] ?? message}.`;
  return `${message ?? String(error)} (this is a fault of Trunkline's; please report it)`;
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read or write it',
  EPERM: 'this user may not change it',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'there is a file where a folder should be',
  EISDIR: 'it is a folder, not a file',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
};
