// The world's WASM module. It is apart from the policy's, because the first drive on the page needs this one only.
export * from '../memory';
export * from './world';
