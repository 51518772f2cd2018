/**
 * What Node.js itself cannot do with files: lock them, and use them as memory. Descriptors are opened and closed by the
 * caller. Absent where the backend or the system offers neither.
 */
export interface FileMemory {
  /**
   * Takes the exclusive lock of an open file, without waiting; the kernel releases it when the descriptor is closed and
   * when the process dies. False when another descriptor holds it, in this process or elsewhere.
   */
  readonly lockFile: (fd: number) => boolean;
  /**
   * Gives a file `size` bytes, allocated on the device, and maps them: what is stored in the memory is in the file when
   * the process dies, whatever kills it. The mapping keeps the descriptor's opening alive, and with it a lock. A number is
   * the system's error.
   */
  readonly mapFile: (fd: number, size: number) => ArrayBuffer | number;
}
