/** What a program waits for while its user is at the platform's sign-in page. */
export interface BridgeWish {
  /** Its name. */
  readonly client: string;
  /** With which the program asked. */
  readonly clientId: string;
  readonly redirectUri: string;
  /** Whether the program named it; only then must it name it again. */
  readonly isRedirectUriNamed: boolean;
  /** The program's own, which it gets back as it is. */
  readonly state?: string;
  /** Where the program is to find the gateway from then on, where it asks for that. */
  readonly discoveryOrigin?: string;
  /** SHA-256 of the `code_verifier` that the program must show, base64url; absent where it uses no PKCE. */
  readonly challenge?: string;
}

/** An authorization code of ours: what of it rests. */
export interface BridgeCode extends Omit<BridgeWish, 'state' | 'discoveryOrigin'> {
  /** SHA-256, hex. */
  readonly hash: string;
  readonly connection: string;
  readonly expiresAt: number;
  /** When it was first presented; from then on it is good for nothing. */
  readonly presentedAt: number | undefined;
  /** The session that came of it; empty where it came again before that. */
  readonly session: string | undefined;
}

/** Where the codes rest. One goes with its Client, and with its Connection. */
export interface BridgeCodeStore {
  /** @throws ClientNotFound, ConnectionNotFound */
  createBridgeCode(code: BridgeCode): Promise<void>;
  /**
   * Uses a code up.
   *
   * @returns as it was before: of many who come at once, one finds that it was not presented yet
   */
  takeBridgeCode(hash: string, now: number): Promise<BridgeCode | undefined>;
  /** Notes what came of it, so that this ends if it comes again. @returns false where it has come again */
  settleBridgeCode(hash: string, session: string): Promise<boolean>;
  /** Removes those that have been over since before `time`. */
  removeBridgeCodesOver(time: number): Promise<void>;
  /** The Clients that have a Connection of this App and no client id of their own, by name, with what they list. */
  listProgramsOfApp(app: string, most: number): Promise<readonly { readonly client: string; readonly redirectUris: readonly string[] }[]>;
  /** The first of a Client's Connections, in their order, that belongs to this owner and is of this App. */
  findConnectionOfOwner(client: string, ownerId: string, app: string): Promise<string | undefined>;
  /**
   * Makes a Connection one of the Client's, the last; without effect where it is.
   *
   * @throws ClientNotFound, ConnectionNotFound
   */
  bindConnection(client: string, connection: string): Promise<void>;
}
