/**
 * The message ids that a topic accepted last: of a window of time, and at most so many. In flat
 * memory, so that a message costs neither an object nor garbage:
 *
 *     ring    16 bytes of id and 8 of time a slot, by age; grows by doubling up to `entriesMax`
 *     table   4 bytes an entry, 2 to 4 entries a slot: open addressing, slot number + 1 or 0
 *
 * that is 32 to 40 bytes an id, and 24 more for each that the last {@link IdWindow.begin} pushed out.
 *
 * Invariants: the table has every id once, with its youngest slot; times never fall from slot to
 * slot.
 *
 * @module
 */

/** What a window is like. */
export interface IdWindowOptions {
  /** Ids remembered at most, at least 1. */
  readonly entriesMax: number;
  /** How long an id is remembered. */
  readonly micros: number;
  /** 16 unpredictable bytes: who does not know them cannot choose ids that collide. */
  readonly seed: Uint8Array;
}

/** See the module comment. Ids are read as 16 bytes of a view. */
export class IdWindow {
  readonly #entriesMax: number;
  readonly #micros: number;
  readonly #seed: Int32Array;
  #ids = NO_IDS;
  #times = NO_TIMES;
  #table = new Uint32Array(1);
  /** Slot of the oldest id. */
  #start = 0;
  #count = 0;
  /** Ids accepted since `begin`. */
  #fresh = 0;
  /** Ids from before `begin` that were pushed out since, oldest first. */
  #outIds = NO_IDS;
  #outTimes = NO_TIMES;
  #outCount = 0;

  constructor({ entriesMax, micros, seed }: IdWindowOptions) {
    this.#entriesMax = entriesMax;
    this.#micros = micros;
    this.#seed = new Int32Array(seed.slice(0, 16).buffer);
  }

  /** Ids remembered. */
  get count(): number {
    return this.#count;
  }

  /** What it takes in memory. */
  get memoryBytes(): number {
    return this.#ids.byteLength + this.#times.byteLength + this.#table.byteLength +
      this.#outIds.byteLength + this.#outTimes.byteLength;
  }

  /** Starts a batch accepted at `time` (micros), after what is too old by then: {@link takeBack} goes back to here. */
  begin(time: number): void {
    this.#fresh = 0;
    this.#outCount = 0;
    const oldest = time - this.#micros;
    while (this.#count > 0 && this.#times[this.#start] < oldest) this.#dropOldest();
  }

  /** Forgets what is too old at `time`, and gives the memory back when nothing is left. */
  shrink(time: number): void {
    this.begin(time);
    if (this.#count > 0) return;
    this.#ids = this.#outIds = NO_IDS;
    this.#times = this.#outTimes = NO_TIMES;
    this.#table = new Uint32Array(1);
    this.#start = 0;
  }

  /**
   * Remembers the id at `at` as accepted at `time`, in place of the oldest when there are enough;
   * false when it was there already, which changes nothing. The id 0 is none: always true, never kept.
   */
  accept(view: DataView, at: number, time: number): boolean {
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    if ((a | b | c | d) === 0) return true;
    if (this.#table[this.#find(a, b, c, d)] !== 0) return false;
    this.#push(a, b, c, d, time);
    return true;
  }

  /** Remembers an id that was accepted, whether it was there already or not. It cannot be taken back. */
  remember(view: DataView, at: number, time: number): void {
    if (this.accept(view, at, time)) return;
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    this.#push(a, b, view.getInt32(at + 8, true), view.getInt32(at + 12, true), time);
  }

  /** Makes all as if nothing had been accepted since `begin`. */
  takeBack(): void {
    while (this.#fresh > 0) {
      this.#fresh--;
      this.#leave(this.#slot(--this.#count));
    }
    while (this.#outCount > 0) {
      const out = --this.#outCount;
      this.#start = this.#start === 0 ? this.#times.length - 1 : this.#start - 1;
      this.#count++;
      this.#ids.set(this.#outIds.subarray(4 * out, 4 * out + 4), 4 * this.#start);
      this.#times[this.#start] = this.#outTimes[out];
      if (this.#table[this.#findSlot(this.#start)] === 0) this.#enter(this.#start);
    }
  }

  #push(a: number, b: number, c: number, d: number, time: number): void {
    if (this.#count === this.#entriesMax) this.#pushOut();
    if (this.#count === this.#times.length) this.#grow();
    const newest = this.#count === 0 ? time : this.#times[this.#slot(this.#count - 1)];
    const slot = this.#slot(this.#count++);
    this.#fresh++;
    this.#ids[4 * slot] = a;
    this.#ids[4 * slot + 1] = b;
    this.#ids[4 * slot + 2] = c;
    this.#ids[4 * slot + 3] = d;
    // The clock may go back; order by age may not.
    this.#times[slot] = Math.max(time, newest);
    this.#enter(slot);
  }

  /** The slot of the id of that rank by age, 0 for the oldest. */
  #slot(rank: number): number {
    const slot = this.#start + rank;
    return slot < this.#times.length ? slot : slot - this.#times.length;
  }

  #dropOldest(): void {
    this.#leave(this.#start);
    this.#start = this.#slot(1);
    this.#count--;
  }

  /** Drops the oldest id to make room, and keeps it aside if it is from before `begin`. */
  #pushOut(): void {
    if (this.#fresh === this.#count) {
      this.#fresh--;
    } else {
      if (this.#outCount === this.#outTimes.length) this.#growOut();
      const oldest = 4 * this.#start;
      for (let word = 0; word < 4; word++) {
        this.#outIds[4 * this.#outCount + word] = this.#ids[oldest + word];
      }
      this.#outTimes[this.#outCount++] = this.#times[this.#start];
    }
    this.#dropOldest();
  }

  /** Where in the table the id is, or would go. */
  #find(a: number, b: number, c: number, d: number): number {
    const mask = this.#table.length - 1;
    const ids = this.#ids;
    let entry = this.#hash(a, b, c, d) & mask;
    for (;; entry = (entry + 1) & mask) {
      const found = this.#table[entry];
      if (found === 0) return entry;
      const at = 4 * (found - 1);
      if (ids[at] === a && ids[at + 1] === b && ids[at + 2] === c && ids[at + 3] === d) {
        return entry;
      }
    }
  }

  #findSlot(slot: number): number {
    const at = 4 * slot;
    const ids = this.#ids;
    return this.#find(ids[at], ids[at + 1], ids[at + 2], ids[at + 3]);
  }

  #enter(slot: number): void {
    this.#table[this.#findSlot(slot)] = slot + 1;
  }

  /** Takes a slot out of the table, and moves up what comes behind it only because it was in the way. */
  #leave(slot: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#findSlot(slot);
    if (table[hole] !== slot + 1) return;
    for (let entry = (hole + 1) & mask; table[entry] !== 0; entry = (entry + 1) & mask) {
      const home = this.#home(table[entry] - 1);
      if (((entry - home) & mask) < ((entry - hole) & mask)) continue;
      table[hole] = table[entry];
      hole = entry;
    }
    table[hole] = 0;
  }

  /** The entry where the search for a slot's id starts. */
  #home(slot: number): number {
    const at = 4 * slot;
    const ids = this.#ids;
    return this.#hash(ids[at], ids[at + 1], ids[at + 2], ids[at + 3]) & (this.#table.length - 1);
  }

  #hash(a: number, b: number, c: number, d: number): number {
    const seed = this.#seed;
    return mix(mix(mix(mix(a ^ seed[0]) ^ b ^ seed[1]) ^ c ^ seed[2]) ^ d ^ seed[3]);
  }

  #grow(): void {
    const slots = Math.min(this.#entriesMax, Math.max(SLOTS_MIN, 2 * this.#times.length));
    const ids = new Int32Array(4 * slots);
    const times = new Float64Array(slots);
    const whole = this.#times.length - this.#start;
    ids.set(this.#ids.subarray(4 * this.#start));
    ids.set(this.#ids.subarray(0, 4 * this.#start), 4 * whole);
    times.set(this.#times.subarray(this.#start));
    times.set(this.#times.subarray(0, this.#start), whole);
    this.#ids = ids;
    this.#times = times;
    this.#start = 0;
    this.#table = new Uint32Array(2 ** Math.ceil(Math.log2(2 * slots)));
    for (let slot = 0; slot < this.#count; slot++) this.#enter(slot);
  }

  #growOut(): void {
    const slots = Math.max(SLOTS_MIN, 2 * this.#outTimes.length);
    const ids = new Int32Array(4 * slots);
    const times = new Float64Array(slots);
    ids.set(this.#outIds);
    times.set(this.#outTimes);
    this.#outIds = ids;
    this.#outTimes = times;
  }
}

/** The finalizer of MurmurHash3 (Appleby 2011): every bit of the input moves every bit of the output. */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

const NO_IDS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);
const SLOTS_MIN = 256;
