/**
 * One process per data directory.
 *
 * @module
 */

/**
 * Takes the directory for this process (made when missing); the system gives it back when the
 * process ends, however it ends. Rejects when another process has it.
 */
export async function lockDataDirectory(path: string): Promise<() => void> {
  Deno.mkdirSync(path, { recursive: true });
  const file = Deno.openSync(`${path}/lock`, { create: true, read: true, write: true });
  const locked = new AbortController();
  const late = new Promise<false>((resolve) => {
    const timer = setTimeout(() => resolve(false), LOCK_MS_MAX);
    locked.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  // Deno 2.6 has no `tryLock`: a lock that is not had at once is somebody else's.
  const locking = file.lock(true);
  const taken = await Promise.race([locking.then(() => true), late]);
  locked.abort();
  if (!taken) {
    // It comes once the other process ends, and is nobody's then.
    locking.finally(() => file.close());
    throw new Error(
      `Data directory ${path} is in use by another process: stop it, or name another in system.path`,
    );
  }
  return () => file.close();
}

const LOCK_MS_MAX = 1000;
