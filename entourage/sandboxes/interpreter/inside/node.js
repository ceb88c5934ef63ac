// JavaScript cell by cell: the semantics of a browser's console (top-level await, names may be declared again).
// In: one JSON object a line, {code, env, typescript}. Out: frames, as in plain.py. Arguments: token, folder.
'use strict';
(() => {
  const fs = require('node:fs');
  const inspector = require('node:inspector');
  const { createRequire } = require('node:module');
  const { pathToFileURL } = require('node:url');
  const util = require('node:util');

  const [token, folder] = process.argv.slice(-2);
  process.chdir(folder);
  const require_ = createRequire(folder + '/cell.js');
  const session = new inspector.Session();
  session.connect();

  function write(fd, text) {
    const data = Buffer.from(text);
    for (let at = 0; at < data.length; ) {
      try {
        at += fs.writeSync(fd, data, at);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      }
    }
  }
  const tell = (fd, frame) => write(fd, `\0${token}\0${JSON.stringify(frame)}\0`);

  // what is printed must be in the pipe before the frame that ends the cell
  for (const [stream, fd] of [[process.stdout, 1], [process.stderr, 2]]) {
    stream.write = (chunk, encoding, done) => {
      write(fd, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const call = typeof encoding === 'function' ? encoding : done;
      if (call) process.nextTick(call);
      return true;
    };
  }
  globalThis.console = new console.Console({ stdout: process.stdout, stderr: process.stderr });

  function forms(value) {
    const data = { 'text/plain': typeof value === 'string' ? value : util.inspect(value, { depth: 4 }) };
    if (value !== null && typeof value === 'object') {
      const bundle = value[Symbol.for('Jupyter.display')]?.();
      if (bundle) Object.assign(data, bundle);
      else if (util.types.isProxy(value) === false && [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))) {
        try {
          data['application/json'] = JSON.parse(JSON.stringify(value));
        } catch {
          // what refers to itself has no such form
        }
      }
    }
    return data;
  }

  globalThis.display = (...values) => values.forEach((value) => tell(1, { type: 'result', main: false, data: forms(value) }));
  globalThis.require = require_;
  globalThis.__import = (name) =>
    import(/^[./]/.test(name) ? pathToFileURL(require_.resolve(name)).href : (() => {
      try {
        const path = require_.resolve(name);
        return path.startsWith('/') ? pathToFileURL(path).href : path;
      } catch {
        return name;
      }
    })());

  // `import` is not for scripts: what it binds is bound by other words. Strings and comments stay as they are.
  const KEPT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\/|\bimport\s*\(/g;
  const STATIC = /^([ \t]*)import\s+(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s+|\{([^}]*)\}\s*)?(?:from\s+)?(["'][^"'\n]+["'])\s*;?/gm;
  function scripted(code) {
    const calls = code.replace(KEPT, (found) => (found.startsWith('import') ? '__import(' : found));
    return calls.replace(STATIC, (whole, indent, first, all, some, name) => {
      const loaded = `await __import(${name})`;
      if (all) return `${indent}const ${all} = ${loaded};${first ? ` const ${first} = ${all}.default;` : ''}`;
      const parts = [...(first ? [`default: ${first}`] : []), ...(some ? [some.replace(/\s+as\s+/g, ': ')] : [])];
      return parts.length ? `${indent}const { ${parts.join(', ')} } = ${loaded};` : `${indent}${loaded};`;
    });
  }

  function stripped(code) {
    const { stripTypeScriptTypes } = require_('node:module');
    if (!stripTypeScriptTypes) throw new Error(`TypeScript wants Node 22.13 or newer; this is ${process.version}`);
    return stripTypeScriptTypes(code, { mode: 'transform' });
  }

  const post = (method, params) =>
    new Promise((done, failed) => session.post(method, params, (error, answer) => (error ? failed(error) : done(answer))));

  async function run(command) {
    let code;
    try {
      code = scripted(command.typescript ? stripped(command.code) : command.code);
    } catch (error) {
      return fail(error);
    }
    const expression = { expression: code, replMode: true, awaitPromise: true, generatePreview: false };
    const { result, exceptionDetails } = await post('Runtime.evaluate', expression);
    if (exceptionDetails) return fail(await valueOf(exceptionDetails.exception), exceptionDetails);
    if (result.type !== 'undefined') tell(1, { type: 'result', main: true, data: forms(await valueOf(result)) });
  }

  // the inspector gives a description; the value itself is handed over within the process
  async function valueOf(remote) {
    if (!remote?.objectId) {
      if (remote?.unserializableValue) return (0, eval)(remote.unserializableValue);
      return remote?.value;
    }
    globalThis.__take = (value) => {
      valueOf.taken = value;
    };
    await post('Runtime.callFunctionOn', { functionDeclaration: 'function () { "use strict"; __take(this); }', objectId: remote.objectId });
    delete globalThis.__take;
    await post('Runtime.releaseObject', { objectId: remote.objectId });
    const taken = valueOf.taken;
    valueOf.taken = undefined;
    return taken;
  }

  // from here on it is this program's own
  const trimmed = (stack) => stack.split(/\n\s+at Session\.post /)[0];

  function fail(error, details) {
    const isError = util.types.isNativeError(error);
    const value = isError ? error.message : error === undefined ? (details?.text ?? 'undefined') : util.inspect(error);
    tell(1, { type: 'error', name: isError ? error.name : 'Error', value, traceback: isError ? trimmed(error.stack ?? value) : value });
  }

  let stop = null;
  const told = (error) => (stop ? fail(error) : console.error(error));
  process.on('SIGINT', () => {
    if (stop) tell(1, { type: 'error', name: 'Interrupted', value: 'the code was interrupted', traceback: '' });
    stop?.();
  });
  process.on('uncaughtException', (error) => {
    told(error);
    stop?.();
  });
  process.on('unhandledRejection', told);

  async function obey(line, count) {
    const command = JSON.parse(line);
    const before = {};
    for (const [name, value] of Object.entries(command.env ?? {})) {
      before[name] = process.env[name];
      process.env[name] = value;
    }
    const stopped = new Promise((done) => (stop = done));
    await Promise.race([run(command), stopped]);
    stop = null;
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    tell(2, { type: 'done' });
    tell(1, { type: 'done', count });
  }

  const commands = new (require('node:net').Socket)({ fd: 0, readable: true, writable: false });
  let rest = '';
  let count = 0;
  let turn = Promise.resolve();
  commands.setEncoding('utf8');
  commands.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) turn = turn.then(() => obey(line, ++count));
  });
  commands.on('end', () => process.exit(0));
})();
