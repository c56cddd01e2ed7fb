import type { Duplex } from 'node:stream';
import type { UpstreamFault } from './faults.ts';

/**
 * Who is told what comes back. Called in this order: `onInformation`*, then `onHead`, `onData`*, `onTrailers`?, `onEnd`; or `onUpgrade`
 * alone; `onError` instead of whatever was still to come. After `onEnd`, `onUpgrade` or `onError` nothing more is called.
 *
 * Header fields are names and values in turn, as they came, hop-by-hop ones too; text is Latin-1, so that writing it as
 * Latin-1 gives the same bytes.
 */
export interface UpstreamHandler {
  /** 100, 102, 103 and other 1xx; sixteen at most. */
  onInformation?(status: number, rawHeaders: string[]): void;
  onHead(status: number, reason: string, rawHeaders: string[]): void;
  /**
   * A piece of the body, without its transfer coding. It may be kept.
   *
   * @param last  whether it is known to be the last one, so that it can be written together with the end; `onEnd` follows all the same
   * @returns false to be sent no more until `resume`, as of `pause`
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that never pauses returns nothing
  onData(chunk: Buffer, last: boolean): boolean | void;
  onTrailers?(rawTrailers: string[]): void;
  onEnd(): void;
  /**
   * The upstream has changed to the protocol asked for.
   *
   * @param socket  paused, and the caller's from now on, with its errors
   * @param head    what it sent in the new protocol already
   */
  onUpgrade?(rawHeaders: string[], socket: Duplex, head: Buffer): void;
  onError(fault: UpstreamFault): void;
}
