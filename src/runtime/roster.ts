/** A member of a `Roster`, which keeps its place there for it. */
export interface Placed {
  /** The roster's own. */
  place: number;
}

/**
 * Those that are there now, in no order. What a set is for, where thousands a second come and go: a set hashes each of them, and
 * its cast-off tables keep young objects alive until the whole heap is collected.
 */
export class Roster<Member extends Placed> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Without effect where it is not there. */
  delete(member: Member): void {
    if (this.#members[member.place] !== member) return;
    const last = this.#members.pop() as Member;
    if (last === member) return;
    this.#members[member.place] = last;
    last.place = member.place;
  }

  /** Those that are there now; who comes or goes meanwhile changes nothing of it. */
  list(): readonly Member[] {
    return this.#members.slice();
  }
}
