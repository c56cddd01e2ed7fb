import { matchesPath } from './wire/path-pattern.ts';

/** How long the platform takes to answer some requests. */
export interface Latency {
  readonly method?: string;
  /** A path, or the beginning of one followed by `*`; every one where it is absent. */
  readonly path?: string;
  readonly minMs: number;
  /** `minMs` where it is absent. */
  readonly maxMs?: number;
}

/** What is still to be drawn for one latency. */
interface Sequence {
  readonly latency: Latency;
  state: number;
}

const SEED = 0x5b1f_00d5;

/**
 * How long each request waits. The first latency that means a request is the one it has; one of a range is drawn, and
 * the draws are the same in every run, in the order in which the requests come.
 */
export class Latencies {
  readonly #latencies: readonly Latency[];
  #sequences: readonly Sequence[] = [];

  constructor(latencies: readonly Latency[]) {
    this.#latencies = latencies;
    this.reset();
  }

  /** @returns milliseconds; 0 where no latency is meant */
  next(method: string, path: string): number {
    const sequence = this.#sequences.find(({ latency }) => means(latency, method, path));
    if (!sequence) return 0;
    const { minMs, maxMs = minMs } = sequence.latency;
    return minMs === maxMs ? minMs : minMs + Math.floor(draw(sequence) * (maxMs - minMs + 1));
  }

  list(): readonly Latency[] {
    return this.#latencies;
  }

  /** The draws start anew. */
  reset(): void {
    this.#sequences = this.#latencies.map((latency, index) => ({ latency, state: SEED + index }));
  }
}

function means({ method, path }: Latency, ofRequest: string, atPath: string): boolean {
  return (method === undefined || method.toUpperCase() === ofRequest) && (path === undefined || matchesPath(path, atPath));
}

/** mulberry32: a number from 0 up to but not including 1. Not for secrets. */
function draw(sequence: Sequence): number {
  sequence.state = (sequence.state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(sequence.state ^ (sequence.state >>> 15), 1 | sequence.state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
