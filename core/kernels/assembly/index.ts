// The one WASM module: everything hot. Each file is one idea; this file only gathers the exports.
export * from './memory';
