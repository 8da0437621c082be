// Mocha's own "spec", and below it which tests were the slowest and which files.
"use strict";
const { relative } = require("node:path");
const { reporters, Runner } = require("mocha");

const COUNT = 10;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1).padStart(6)} s`;

module.exports = class Slowest extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const tests = [];
    const files = new Map();
    runner.on(Runner.constants.EVENT_TEST_END, (test) => {
      const { duration = 0, file } = test;
      const name = file === undefined ? "?" : relative("dist/test", file).replace(/\.mjs$/, ".ts");
      tests.push({ duration, name: `${name}: ${test.fullTitle()}` });
      files.set(name, (files.get(name) ?? 0) + duration);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const top = (rows) => rows.sort((a, b) => b.duration - a.duration).slice(0, COUNT).map(({ duration, name }) => `${seconds(duration)}  ${name}`).join("\n");
      console.log(`The ${COUNT} slowest tests of ${tests.length}:\n${top(tests)}\n`);
      console.log(`The ${COUNT} slowest files of ${files.size}:\n${top([...files].map(([name, duration]) => ({ name, duration })))}\n`);
    });
  }
};
