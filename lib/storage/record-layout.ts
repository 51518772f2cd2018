/** Size of one record. */
export const RECORD_BYTES = 64;

// Offsets inside a record. All fields are little-endian, whatever the machine. docs/formats.md describes them.
const TIMESTAMP = 0; // f64, ms since the epoch.
const USED = 8; // f64, bytes.
const FLOOR = 16; // f64, bytes.
const EXTERNAL = 24; // f32, bytes.
const DELTA = 28; // f32, bytes.
const ALLOCATED = 32; // f32, bytes.
const LATENCY = 36; // f32, ms.
const RSS = 40; // u32, KiB.
const MINOR = 44; // u32.
const MAJOR = 48; // u32.
const ENDPOINT = 52; // u16.
const STATUS = 54; // u16.
const IN_FLIGHT = 56; // u16, saturates.
const FLAGS = 58; // u16.
const COMMIT = 60; // u32, 0 while the record is incomplete.

/** Flag: the record is in its file, or discarded. */
const FLUSHED = 1;

const U16_MAX = 0xffff;
const U32_MAX = 0xffff_ffff;
const BYTES_PER_KIB = 1024;

/**
 * The figures of one finished request, as the profiler hands them to the ring. One object is reused for every request,
 * so that the hot path allocates nothing: hence mutable. Sizes in bytes, times in ms.
 */
export interface RequestReading {
  /** Number that the profiler gave to the endpoint, 0 to 65,535. */
  endpoint: number;
  statusCode: number;
  /** Values above 65,535 are kept as 65,535. */
  inFlight: number;
  /** Wall clock, ms since the epoch. */
  timestamp: number;
  used: number;
  /** Kept in single precision, like `allocated`, `external` and `latencyMs`: 7 significant digits. */
  delta: number;
  allocated: number;
  external: number;
  /** Kept in KiB. */
  rss: number;
  latencyMs: number;
  minorCount: number;
  majorCount: number;
  floor: number;
}

/** A reading with every figure 0. */
export function emptyReading(): RequestReading {
  return {
    endpoint: 0,
    statusCode: 0,
    inFlight: 0,
    timestamp: 0,
    used: 0,
    delta: 0,
    allocated: 0,
    external: 0,
    rss: 0,
    latencyMs: 0,
    minorCount: 0,
    majorCount: 0,
    floor: 0,
  };
}

/** Copies a reading into the slot at `at`, without flags and commit word. */
export function writeReading(view: DataView, at: number, reading: Readonly<RequestReading>): void {
  view.setFloat64(at + TIMESTAMP, reading.timestamp, true);
  view.setFloat64(at + USED, reading.used, true);
  view.setFloat64(at + FLOOR, reading.floor, true);
  view.setFloat32(at + EXTERNAL, reading.external, true);
  view.setFloat32(at + DELTA, reading.delta, true);
  view.setFloat32(at + ALLOCATED, reading.allocated, true);
  view.setFloat32(at + LATENCY, reading.latencyMs, true);
  view.setUint32(at + RSS, reading.rss / BYTES_PER_KIB, true);
  view.setUint32(at + MINOR, reading.minorCount, true);
  view.setUint32(at + MAJOR, reading.majorCount, true);
  view.setUint16(at + ENDPOINT, reading.endpoint, true);
  view.setUint16(at + STATUS, reading.statusCode, true);
  view.setUint16(at + IN_FLIGHT, Math.min(reading.inFlight, U16_MAX), true);
}

/** Copies the slot at `at` into `target`. */
export function readReading(view: DataView, at: number, target: RequestReading): void {
  target.timestamp = view.getFloat64(at + TIMESTAMP, true);
  target.used = view.getFloat64(at + USED, true);
  target.floor = view.getFloat64(at + FLOOR, true);
  target.external = view.getFloat32(at + EXTERNAL, true);
  target.delta = view.getFloat32(at + DELTA, true);
  target.allocated = view.getFloat32(at + ALLOCATED, true);
  target.latencyMs = view.getFloat32(at + LATENCY, true);
  target.rss = view.getUint32(at + RSS, true) * BYTES_PER_KIB;
  target.minorCount = view.getUint32(at + MINOR, true);
  target.majorCount = view.getUint32(at + MAJOR, true);
  target.endpoint = view.getUint16(at + ENDPOINT, true);
  target.statusCode = view.getUint16(at + STATUS, true);
  target.inFlight = view.getUint16(at + IN_FLIGHT, true);
}

/** Number of the endpoint of the slot at `at`. */
export function endpointAt(view: DataView, at: number): number {
  return view.getUint16(at + ENDPOINT, true);
}

/** Marks the slot at `at` as incomplete. */
export function openSlot(view: DataView, at: number): void {
  view.setUint32(at + COMMIT, 0, true);
  view.setUint16(at + FLAGS, 0, true);
}

/** Completes the slot at `at` as that of the `sequence`-th record. */
export function commitSlot(view: DataView, at: number, sequence: number): void {
  view.setUint32(at + COMMIT, ((sequence - 1) % U32_MAX) + 1, true);
}

/** Notes that the record of the slot at `at` is in its file, or discarded. */
export function markSlotFlushed(view: DataView, at: number): void {
  view.setUint16(at + FLAGS, FLUSHED, true);
}

/** Whether the slot at `at` holds a complete record that is neither in its file nor discarded. */
export function isUnflushedSlot(view: DataView, at: number): boolean {
  return (
    view.getUint32(at + COMMIT, true) !== 0 && (view.getUint16(at + FLAGS, true) & FLUSHED) === 0
  );
}

/**
 * The sequence number of the complete record at `at`, in a ring whose capacity is a power of two.
 *
 * The commit word repeats after 2^32 - 1 records. At each repetition it meets its slot one place earlier, so that slot
 * and word together tell how often it has repeated, up to as many times as there are slots.
 */
export function sequenceAt(view: DataView, at: number, capacity: number): number {
  const word = view.getUint32(at + COMMIT, true);
  const slot = at / RECORD_BYTES;
  const repetitions = (((word - 1 - slot) % capacity) + capacity) % capacity;
  return repetitions * U32_MAX + word;
}
