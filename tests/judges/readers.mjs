// node readers.mjs NAME FILE: how many records a JavaScript reader finds. Modules are looked up in NODE_FOLDER.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [name, file] = process.argv.slice(2);
const require = createRequire(join(process.env.NODE_FOLDER, "x.js"));

if (name === "reflib") {
  const { readFile } = await import(require.resolve("@iebh/reflib"));
  console.log((await readFile(file)).length);
} else {
  const { Cite } = require("@citation-js/core");
  require("@citation-js/plugin-" + name);
  console.log(new Cite(readFileSync(file, "utf-8")).data.length);
}
