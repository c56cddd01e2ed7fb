import { LRUCache } from 'lru-cache';
import type { Call } from '../broker/call.ts';
import { listCoverPagesRequest, processCoverPagesResponse } from '../ringcentral/calls/fax.ts';

const NONE = 'none';
const DEFAULT = 'default';
// The pages of an account's language; they change with the platform's releases.
const KEPT_MS = 60 * 60 * 1_000;
const CONNECTIONS = 1_000;

/** The cover pages of each Connection, by their names in the platform's dictionary. */
export class CoverPages {
  readonly #call: Call;
  readonly #clock: { now(): number };
  readonly #known = new LRUCache<string, { readonly pages: ReadonlyMap<string, number>; readonly until: number }>({ max: CONNECTIONS });

  constructor({ call, clock }: { readonly call: Call; readonly clock: { now(): number } }) {
    this.#call = call;
    this.#clock = clock;
  }

  /**
   * The `coverIndex` of a page.
   *
   * @param page  its name in any case, or its number; absent or `Default`: the account's own
   * @returns nothing for the account's own; `unknown` where there is no such page
   * @throws GatewayError  the dictionary cannot be had
   */
  async indexOf(connection: string, page: string | undefined): Promise<number | undefined | 'unknown'> {
    const name = page?.trim().toLowerCase() ?? '';
    if (name === '' || name === DEFAULT) return undefined;
    if (name === NONE) return 0;
    const pages = await this.#pages(connection);
    const index = pages.get(name) ?? (/^\d{1,3}$/.test(name) ? Number(name) : undefined);
    return index !== undefined && [...pages.values()].includes(index) ? index : 'unknown';
  }

  async #pages(connection: string): Promise<ReadonlyMap<string, number>> {
    const known = this.#known.get(connection);
    if (known && this.#clock.now() < known.until) return known.pages;
    const pages = processCoverPagesResponse(await this.#call(connection, listCoverPagesRequest()));
    this.#known.set(connection, { pages, until: this.#clock.now() + KEPT_MS });
    return pages;
  }
}
