/**
 * The `format` file of a data directory: which program and which version of its layout wrote it.
 *
 * @module
 */
import { INVALID_VERSION } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Storage } from "../ports.ts";

/**
 * Makes sure that the data directory is this program's: writes the `format` file into a fresh one,
 * and throws an {@link IggyError} that says what to do for any other. To be called before anything
 * else is read or written there.
 */
export async function claimDataDirectory(storage: Storage): Promise<void> {
  const found = storage.readFile(FORMAT_FILE);
  if (found === undefined) {
    refuseForeign(storage);
    await writeFormat(storage);
  } else {
    refuseUnknown(new TextDecoder().decode(found));
  }
}

/** Whether {@link claimDataDirectory} would take the directory for a fresh one, if for one of its own. */
export function isUnclaimed(storage: Pick<Storage, "readFile">): boolean {
  return storage.readFile(FORMAT_FILE) === undefined;
}

/** Servers of Iggy keep other things under the same names; a log of theirs must not be mixed with ours. */
function refuseForeign(storage: Storage): void {
  const foreign = FOREIGN_FOLDERS.find((name) => storage.exists(name));
  if (foreign === undefined) return;
  throw new IggyError(
    INVALID_VERSION,
    `Data directory has a folder "${foreign}" but no file "${FORMAT_FILE}", so another program wrote it: ` +
      "name an empty directory in system.path, or start with --fresh to delete what is there",
  );
}

function refuseUnknown(text: string): void {
  if (text === FORMAT) return;
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS).trimEnd());
  throw new IggyError(
    INVALID_VERSION,
    `Data directory has the format ${shown}, this version of whippet reads "${FORMAT.trimEnd()}" only: ` +
      "start the version that wrote it, or name another directory in system.path",
  );
}

async function writeFormat(storage: Storage): Promise<void> {
  storage.remove(UNFINISHED_FILE);
  const file = storage.open(UNFINISHED_FILE, { create: true });
  try {
    file.append(new TextEncoder().encode(FORMAT));
    await file.sync();
  } finally {
    file.close();
  }
  storage.rename(UNFINISHED_FILE, FORMAT_FILE);
  await storage.syncDirectory("");
}

const FORMAT = "whippet-log 1\n";
const FORMAT_FILE = "format";
const UNFINISHED_FILE = "format.unfinished";
/** CONFIG-CLI.md section 3: what servers of Iggy make in theirs, besides `runtime` and `logs`. */
const FOREIGN_FOLDERS = ["streams", "state", "metadata"] as const;
const SHOWN_CHARACTERS = 80;
