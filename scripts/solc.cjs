// The Solidity compiler, in four fifths of its time. It looks functions up in its WebAssembly table by a call that is slow in V8, about
// once for each C++ call that may throw; here each is looked up once. (Emscripten does the same unless it is asked for small code.)
const solc = require("solc/soljson.js");

const table = Object.values(solc.asm).find((exported) => exported instanceof WebAssembly.Table);
const known = [];
const { get, set } = table;
table.get = (index) => {
  known[index] ??= get.call(table, index);
  return known[index];
};
table.set = (index, value) => {
  set.call(table, index, value);
  known[index] = value;
};

module.exports = solc;
