import { RING_CX } from '../../src/bridge/sessions.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface ModelPair {
  readonly number: number;
  readonly issuedAt: number;
  usedAt?: number;
}

interface ModelSession {
  readonly program: string;
  current: ModelPair;
  previous?: ModelPair;
  isEnded: boolean;
  /** Of RingCX's: the one that was exchanged for it. */
  readonly exchanged?: ModelSession;
}

/** The documented rules for tokens, without a limit of sessions, in as few words as they take. */
export class Model {
  now = 0;
  pairs = 0;
  isFrozen = false;
  readonly sessions: ModelSession[] = [];

  login(program: string, exchanged?: ModelSession): number {
    const current = this.#pair();
    this.sessions.push({ program, current, isEnded: false, ...(exchanged && { exchanged }) });
    return current.number;
  }

  exchange(number: number): number | string {
    const told = this.use(number);
    if (told !== 'good') return told;
    const session = this.#sessionOf(number);
    return session?.exchanged ? 'OAU-213' : this.login(RING_CX, session);
  }

  use(number: number): string {
    const session = this.#sessionOf(number);
    if (!session || session.isEnded) return 'OAU-213';
    const { current } = session;
    if (current.number !== number) return this.now < current.issuedAt + 10 * SECOND ? 'OAU-129' : 'OAU-213';
    if (this.now >= current.issuedAt + HOUR) return 'OAU-128';
    current.usedAt ??= this.now;
    return 'good';
  }

  refresh(number: number, program: string): number | string {
    const session = this.sessions.find((one) => one.program === program && (one.current.number === number || one.previous?.number === number));
    if (!session) return 'OAU-213';
    const { current, previous } = session;
    if (previous?.number === number) {
      if (!this.#isInGrace(current)) return 'OAU-213';
      if (session.isEnded) return 'OAU-211';
      if (this.now >= previous.issuedAt + 7 * DAY) return 'OAU-210';
      return this.isFrozen ? 'frozen' : current.number;
    }
    if (session.isEnded) return 'OAU-211';
    if (this.now >= current.issuedAt + 7 * DAY) return 'OAU-210';
    if (this.isFrozen) return 'frozen';
    session.previous = current;
    session.current = this.#pair();
    return session.current.number;
  }

  revoke(number: number, which: 'access' | 'refresh', program: string): void {
    for (const session of this.sessions.filter((one) => one.program === program)) {
      const isOldRefresh = which === 'refresh' && session.previous?.number === number && this.#isInGrace(session.current);
      if (session.current.number !== number && !isOldRefresh) continue;
      for (const each of this.sessions) if (each === session || each.exchanged === session) each.isEnded = true;
    }
  }

  #sessionOf(number: number): ModelSession | undefined {
    return this.sessions.find(({ current, previous }) => current.number === number || previous?.number === number);
  }

  #pair(): ModelPair {
    this.pairs += 1;
    return { number: this.pairs - 1, issuedAt: this.now };
  }

  #isInGrace({ issuedAt, usedAt }: ModelPair): boolean {
    return this.now < issuedAt + HOUR && (usedAt === undefined || this.now < usedAt + 10 * SECOND);
  }
}
