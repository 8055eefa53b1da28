// Judges HAR files by har-validator: node validate-har.cjs FILE…, one JSON line for each file.
const { readFileSync } = require("node:fs");
const validator = require("har-validator");

for (const name of process.argv.slice(2)) {
  validator.har(JSON.parse(readFileSync(name, "utf8"))).then(
    () => console.log(JSON.stringify({ name, wrong: [] })),
    (error) => console.log(JSON.stringify({ name, wrong: error.errors.slice(0, 20).map((each) => `${each.dataPath} ${each.message}`) })),
  );
}
