/**
 * A disk that counts what is read from it.
 *
 * @module
 */
import type { Storage } from "../../lib/ports.ts";

/** Bytes read so far, by what their file's name ends with: `.log`, `.index`. */
export type BytesRead = Record<string, number>;

/** The same disk, with a count of what is read from its files. */
export function countReads(storage: Storage): { storage: Storage; bytesRead: BytesRead } {
  const bytesRead: BytesRead = {};
  const count = (path: string, bytes: number) => {
    const ending = path.slice(path.lastIndexOf("."));
    bytesRead[ending] = (bytesRead[ending] ?? 0) + bytes;
    return bytes;
  };
  const counting: Storage = {
    ...storage,
    open(path, options) {
      const file = storage.open(path, options);
      return {
        get size() {
          return file.size;
        },
        readAt: (into, position) => count(path, file.readAt(into, position)),
        append: (bytes) => file.append(bytes),
        truncate: (size) => file.truncate(size),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
    readFile(path) {
      const bytes = storage.readFile(path);
      count(path, bytes?.length ?? 0);
      return bytes;
    },
  };
  return { storage: counting, bytesRead };
}
