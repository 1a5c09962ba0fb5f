/**
 * What the doctor of the command line looks at: ports, folders, limits of this machine.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import type { FolderFacts, Machine } from "../cli/ports.ts";
import { listenTcp } from "./net.ts";

/** This machine. */
export const systemMachine: Machine = {
  listenProblem(address) {
    try {
      listenTcp(address).close();
      return undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { isTaken: error.cause instanceof Deno.errors.AddrInUse, message: error.message };
    }
  },
  folder: folderFacts,
  openFiles,
};

function folderFacts(path: string): FolderFacts {
  const info = infoOf(path);
  const place = info === undefined ? nearestFolder(path) : path;
  const { bavail, bsize } = statfsSync(place);
  return {
    exists: info !== undefined,
    isWritable: isWritable(place),
    isOpenToOthers: ((info?.mode ?? 0) & 0o007) !== 0,
    freeBytes: bavail * bsize,
    changedMicros: info === undefined ? undefined : latestChange(path),
  };
}

/** The folder above that is there. */
function nearestFolder(path: string): string {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const above = at > 0 ? path.slice(0, at) : at === 0 ? "/" : ".";
  return infoOf(above) === undefined && above !== "." && above !== "/"
    ? nearestFolder(above)
    : above;
}

/** Modes do not tell of access lists, nor of disks that are mounted for reading: only trying does. */
function isWritable(folder: string): boolean {
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".whippet-doctor-" }));
    return true;
  } catch {
    return false;
  }
}

function latestChange(folder: string): number | undefined {
  let latest: number | undefined;
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const changed = infoOf(`${folder}/${name}`)?.mtime?.getTime();
      if (changed !== undefined) latest = Math.max(latest ?? 0, changed * 1000);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
  return latest;
}

/** The system's own number is in /proc, which Deno reads only with every permission there is. */
function openFiles(countMax: number): number {
  const files: Deno.FsFile[] = [];
  const path = Deno.makeTempFileSync();
  try {
    while (files.length < countMax) files.push(Deno.openSync(path));
  } catch {
    // That many and no more.
  } finally {
    for (const file of files) file.close();
    Deno.removeSync(path);
  }
  return files.length;
}

function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
