import { readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;

/** Bytes from `start` up to `end`, or to the end of what they are of. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const WHOLE_FILE: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY };

/** The bytes of a file, piece by piece. A piece is valid until the next one is asked for: the buffer is reused. */
export async function* readChunks(
  handle: FileHandle,
  { start, end }: ByteRange = WHOLE_FILE,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = start; position < end; ) {
    const wanted = Math.min(CHUNK_BYTES, end - position);
    const { bytesRead } = await handle.read(buffer, 0, wanted, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** As {@link readChunks}, for the exit path. */
export function* readChunksSync(
  fd: number,
  { start, end }: ByteRange = WHOLE_FILE,
): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = start; position < end; ) {
    const bytesRead = readSync(fd, buffer, 0, Math.min(CHUNK_BYTES, end - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Writes all of `bytes` at `position`; one call of the system unless the device is nearly full. */
export async function writeFully(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** As {@link writeFully}, for the exit path. */
export function writeFullySync(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
