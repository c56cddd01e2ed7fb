import type { Fax, FaxEvent, FaxEventName, FaxOrder, FaxResult, FaxState } from './fax.ts';
import type { Page, PageRequest } from './page.ts';
import type { Secret } from './secret.ts';

/** A fax that is being accepted. */
export interface NewFax {
  readonly id: string;
  readonly client: string;
  readonly connection: string;
  readonly order: FaxOrder;
  readonly createdAt: number;
  readonly deadline: number;
  /** Equal for equal faxes; absent: none counts as its repetition. */
  readonly repeatKey: string | undefined;
  /** Seals its content, and nothing else: 32 bytes, base64. */
  readonly contentKey: Secret;
}

/** A fax that somebody sends. */
export interface IncomingFax {
  readonly client: string;
  readonly connection: string;
  readonly order: FaxOrder;
  /** The documents, one behind the other. */
  content(): AsyncIterable<Uint8Array>;
  /** Equal for equal contents. */
  readonly contentHash: string;
}

/** Takes faxes on, and sees to it that each is sent once. */
export interface FaxSender {
  /**
   * Takes on a fax; it is durable when this resolves. One that is equal to another of a moment ago is that one.
   *
   * @returns its id
   * @throws StoreUnavailable, what the content throws; nothing was taken on then
   */
  accept(fax: IncomingFax): Promise<{ readonly id: string; readonly isRepeat: boolean }>;
  /**
   * Waits for something to be known of a fax.
   *
   * @param isKnown  whether it is enough
   * @returns the fax as it was last seen; nothing where there is none
   * @throws StoreUnavailable
   */
  waitFor(id: string, isKnown: (fax: Fax) => boolean, ms: number): Promise<Fax | undefined>;
  /**
   * Withdraws a fax, whose sender is told that it failed: it is not sent, or cancelled where that is still possible.
   *
   * @returns the fax as it is now; nothing where there is none
   * @throws StoreUnavailable
   */
  withdraw(id: string): Promise<Fax | undefined>;
}

/** What changes of a fax; what is absent stays. */
export interface FaxChange {
  readonly state?: FaxState;
  readonly attempts?: number;
  readonly isAside?: boolean;
  readonly dueAt?: number;
  readonly leftAt?: number | null;
  readonly messageId?: string;
  readonly messageStatus?: string;
  readonly pageCount?: number;
  readonly results?: readonly FaxResult[];
  readonly code?: string | null;
  readonly closedAt?: number;
  /** When the platform is asked about it again; null: no more. */
  readonly followAt?: number | null;
}

/** What the change is, for its history and for whoever is told. */
export interface Happening {
  readonly event: FaxEventName;
  readonly code?: string;
  /** Over which ways it is told. */
  readonly tell?: readonly NoticeWay[];
}

/** Ways to tell somebody of a fax. */
export type NoticeWay = 'webhook' | 'mail';

/** Somebody is to be told of a fax. */
export interface Notice {
  /** The same for every attempt. */
  readonly id: string;
  readonly fax: string;
  readonly way: NoticeWay;
  readonly event: FaxEventName;
  /** When it happened. */
  readonly at: number;
  readonly attempts: number;
  /** When it is given up. */
  readonly until: number;
}

/** Which faxes are listed. */
export interface FaxFilter {
  readonly state?: FaxState;
  readonly connection?: string;
  readonly client?: string;
}

/** The turn of a node to send the faxes of one Connection. */
export interface FaxTurn {
  readonly connection: string;
  /** Rises with every fax that is accepted for it. */
  readonly accepted: number;
}

/** Where faxes rest from when they are accepted until their history is forgotten. Times are epoch milliseconds. */
export interface OutboxStore {
  /**
   * Takes on a fax: its content, sealed piece by piece, then the fax itself. Where it is not taken on, nothing of it stays.
   *
   * @param content  in pieces of any length
   * @throws StoreUnavailable, what `content` throws
   */
  acceptFax(fax: NewFax, content: AsyncIterable<Uint8Array>): Promise<void>;
  findFax(id: string): Promise<Fax | undefined>;
  /** The id of the latest fax with this key that was accepted since then and was not withdrawn. */
  findRepeatedFax(repeatKey: string, since: number): Promise<string | undefined>;
  findFaxOfMessage(connection: string, messageId: string): Promise<string | undefined>;
  /** The newest first. */
  listFaxes(filter: FaxFilter, page: PageRequest): Promise<Page<Fax>>;
  listFaxEvents(id: string): Promise<readonly FaxEvent[]>;
  /**
   * The content of a fax, opened piece by piece.
   *
   * @throws SealedValueUnreadable  a piece is missing, altered or another's; what came before it is good
   */
  readFaxContent(id: string): AsyncIterable<Uint8Array>;

  /**
   * Takes the turn of a Connection for which something is due. One node has it until the time is over, or it is given back.
   *
   * @returns nothing where nothing is due
   */
  takeFaxTurn(holder: string, now: number, until: number): Promise<FaxTurn | undefined>;
  /** @returns whether the holder still has it */
  keepFaxTurn(connection: string, holder: string, until: number): Promise<boolean>;
  /**
   * Gives it back.
   *
   * @param dueAt  when there is more to do; nothing: not before another fax is accepted
   */
  giveBackFaxTurn(turn: FaxTurn, holder: string, dueAt: number | undefined): Promise<void>;
  /** The fax of a Connection that is to be worked on next, due or not. */
  nextFax(connection: string, now: number): Promise<Fax | undefined>;
  /**
   * Changes a fax, and writes down what happened, together.
   *
   * @returns the fax as it is now; nothing where it was changed since it was read
   */
  changeFax(fax: Fax, change: FaxChange, happening: Happening | undefined, now: number): Promise<Fax | undefined>;
  /**
   * Notes that the last byte of this attempt is about to leave.
   *
   * @returns the fax as it is now; nothing where it was changed, or withdrawn, since it was read: then the byte must not leave
   */
  markFaxLeft(fax: Fax, now: number): Promise<Fax | undefined>;
  /**
   * Withdraws a fax: one that nobody is working on is not sent; else whoever works on it does what is left to do. One that
   * the platform has, or that is closed, stays as it is.
   *
   * @returns the fax as it is now
   */
  withdrawFax(id: string, now: number): Promise<Fax | undefined>;

  /** Takes one fax whose fate the platform is to be asked about, and puts off when another node may. */
  takeFollowedFax(now: number, until: number): Promise<Fax | undefined>;

  /** Takes one notice that is due, and puts off when another node may. */
  takeNotice(now: number, until: number): Promise<Notice | undefined>;
  putOffNotice(id: string, attempts: number, dueAt: number): Promise<void>;
  removeNotice(id: string): Promise<void>;
  /** Adds a notice by hand. */
  addNotice(notice: Notice): Promise<void>;

  /** Erases the contents of faxes that were closed before. @returns of how many */
  eraseFaxContents(closedBefore: number, now: number): Promise<number>;
  /** Removes what is left of faxes that were never accepted whole. */
  removeLooseFaxContents(before: number): Promise<void>;
  /** Removes faxes, with their history, that were closed before. */
  removeFaxes(closedBefore: number): Promise<number>;
}
