// Loaded before agentdb: keeps its database on disk.
//
// agentdb holds SQLite in memory and writes the file only when the database is closed, which its server never does: all
// would be lost at every stop. This writes the file at the end of the process, and every few seconds while it changes.
import { renameSync, writeFileSync } from "node:fs";

import { getDatabaseImplementation } from "/app/node_modules/agentdb/dist/db-fallback.js";

const EVERY_MS = 5000;
const path = process.env.AGENTDB_PATH;

// Made once a process: this is the class agentdb uses.
const Database = await getDatabaseImplementation();
const { exec } = Database.prototype;
let opened = null;
let savedChanges = 0;

Database.prototype.exec = function (sql) {
  opened = this;
  return exec.call(this, sql);
};

function save() {
  if (!opened) return;
  const changes = exec.call(opened, "SELECT total_changes()")[0].values[0][0];
  if (changes === savedChanges) return;
  try {
    // Beside the file and then in its place, so that a crash leaves the old one whole.
    writeFileSync(`${path}.new`, opened.db.export());
    renameSync(`${path}.new`, path);
    savedChanges = changes;
  } catch (error) {
    // Within a transaction, or the disk is full: the next time tries again.
    console.error(`${path}: not written: ${error.message}`);
  }
}

setInterval(save, EVERY_MS).unref();
process.on("exit", save);
