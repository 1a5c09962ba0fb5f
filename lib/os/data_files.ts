/**
 * What lies in a folder, for the diagnostics archive.
 *
 * @module
 */
import type { HostFiles } from "../ports.ts";

/** The first `filesMax` files below `root`, by folder and name; nothing is opened, and no link followed. */
export function listFiles(root: string, filesMax: number): HostFiles {
  const files: HostFiles["files"][number][] = [];
  let left = 0;
  const visit = (folder: string) => {
    for (const name of namesIn(`${root}/${folder}`)) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const info = statOf(`${root}/${path}`);
      if (info === undefined) continue;
      if (info.isDirectory) visit(path);
      else if (files.length === filesMax) left++;
      else files.push({ path, bytes: info.size, modifiedMs: info.mtime?.getTime() });
    }
  };
  visit("");
  return { files, left };
}

/** A folder may go while others are read; what cannot be read has no names here. */
function namesIn(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
  } catch {
    return [];
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}
