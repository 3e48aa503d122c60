#!/usr/bin/env node
'use strict';

// The command's entry. It keeps to syntax and modules of Node 12, so that an old Node prints a
// message instead of a syntax error.

var required = require('./package.json').engines.node.replace('>=', '');

/** Whether one version such as `20.20.2` is older than another, such as `22.18`. */
function isOlder(version, than) {
  var own = version.split('.').map(Number);
  var other = than.split('.').map(Number);
  for (var index = 0; index < other.length; index++) {
    if (own[index] !== other[index]) return own[index] < other[index];
  }
  return false;
}

if (isOlder(process.versions.node, required)) {
  process.stderr.write(
    'cloudbrain: Node.js ' +
      required +
      ' or newer is required, and this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a newer one from https://nodejs.org, or with your version manager.\n',
  );
  process.exitCode = 1;
} else {
  import('./dist/main.js');
}
