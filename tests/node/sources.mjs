// Where the browser's own modules are, for all tests here.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../src/openlot/portal/static/portal/verify/", import.meta.url);
export const vectors = fileURLToPath(new URL("../vectors/", import.meta.url));

/** Import one of the modules that the portal serves. */
export const load = (name) => import(new URL(name, folder).href);

/** Return the files of a bundle folder as `[name, bytes]`. */
export function filesOf(path, prefix = "") {
  return readdirSync(path).flatMap((name) => {
    const whole = `${path}/${name}`;
    if (statSync(whole).isDirectory()) return filesOf(whole, `${prefix}${name}/`);
    return [[`${prefix}${name}`, new Uint8Array(readFileSync(whole))]];
  });
}
