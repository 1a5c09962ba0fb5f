/**
 * The software bill of materials of a release: CycloneDX 1.6 as JSON, of the packages in the lock
 * and of the runtime. It has no time and no serial number, so that a commit has one bill.
 *
 * @module
 */
import { type DenoLock, dependencyKey, nameOf, versionOf } from "./shipped.ts";

/** What a bill is made of. */
export interface Materials {
  readonly version: string;
  /** Version of Deno, whose runtime is embedded. */
  readonly denoVersion: string;
  readonly lock: DenoLock;
  /** SPDX expression of each package in the lock, by its key there. */
  readonly licences: ReadonlyMap<string, string>;
}

/** The bill, as an object to be written as JSON. */
export function billOfMaterials({ version, denoVersion, lock, licences }: Materials) {
  const root = `pkg:generic/whippet@${version}`;
  const runtime = `pkg:github/denoland/deno@v${denoVersion}`;
  const keys = Object.keys(lock.npm);
  const direct = Object.entries(lock.specifiers).map(([specifier, resolved]) =>
    packageUrl(`${nameOf(specifier.slice(4))}@${resolved}`)
  );
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": root,
        name: "whippet",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: root,
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "deno",
        version: denoVersion,
        licenses: [{ license: { id: "MIT" } }],
        purl: runtime,
      },
      ...keys.map((key) => ({
        type: "library",
        "bom-ref": packageUrl(key),
        name: nameOf(key),
        version: versionOf(key),
        hashes: [{ alg: "SHA-512", content: hexOfIntegrity(lock.npm[key].integrity) }],
        licenses: [{ expression: licenceOf(licences, key) }],
        purl: packageUrl(key),
      })),
    ],
    dependencies: [
      { ref: root, dependsOn: [runtime, ...direct] },
      { ref: runtime, dependsOn: [] },
      ...keys.map((key) => ({
        ref: packageUrl(key),
        dependsOn: (lock.npm[key].dependencies ?? [])
          .map((dependency) => packageUrl(dependencyKey(lock, dependency))),
      })),
    ],
  };
}

function licenceOf(licences: ReadonlyMap<string, string>, key: string): string {
  const licence = licences.get(key);
  if (licence === undefined) throw new Error(`Package ${key} states no licence`);
  return licence;
}

/** `pkg:npm/%40hono/zod-openapi@1.6.3` (package-url's type npm). */
function packageUrl(key: string): string {
  return `pkg:npm/${nameOf(key).replace("@", "%40")}@${versionOf(key)}`;
}

/** The hash of `sha512-` and base64, as CycloneDX writes it. */
function hexOfIntegrity(integrity: string): string {
  return Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex();
}
