/** Whether this browser can draw with WebGL 2 at all, and whether a real GPU would do it. */

export interface WebGlInfo {
  readonly renderer: string;
  /** Drawn by the processor (SwiftShader, llvmpipe, WARP): correct, slow. */
  readonly software: boolean;
}

let known: WebGlInfo | null | undefined;

/** Asks once, with a context that is given back at once; null without WebGL 2. */
export function probeWebGl(): WebGlInfo | null {
  if (known !== undefined) return known;
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) {
    known = null;
    return known;
  }
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  known = { renderer, software: /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer) };
  return known;
}
