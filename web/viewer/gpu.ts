/**
 * The WebGL 2 surface the viewer draws on, and waiting for it without standing still. On a software GPU every question to it
 * that needs an answer (a second context, "has this shader linked?") can stall the page for a second while the processor works
 * for it, so there is one context and its questions are asked only when the answer is there.
 */
import type { Camera, Scene, WebGLRenderer } from 'three';

export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: WebGL2RenderingContext;
  /** Drawn by the processor (SwiftShader, llvmpipe, WARP): correct, slow. */
  readonly software: boolean;
  /**
   * What stands in the page. With a real GPU the canvas itself. A software GPU's canvas would make the page's thread wait for its pixels
   * in every frame that it is drawn in; it stays out of sight, and a finished picture is copied to this one by `present`.
   */
  readonly shown: HTMLCanvasElement;
  /** Asks for the pixels of the picture just drawn, without waiting for them. */
  capture(): void;
  /** Shows the picture captured last; `commandsDone` comes between. */
  present(): void;
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
/** Set once known that there is a real GPU: then the first context may smooth edges at once. */
let smooth = false;

/** A canvas with a WebGL 2 context, with smooth edges where a real GPU draws them; null without WebGL 2. */
export function openSurface(): Surface | null {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('webgl2', { antialias: smooth, stencil: false, powerPreference: 'low-power' });
  if (!context) return null;
  if (smooth) return { canvas, context, software: false, shown: canvas, capture: () => {}, present: () => {} };
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  if (SOFTWARE.test(renderer)) return { canvas, context, software: true, ...copyOf(canvas, context) };
  smooth = true;
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return openSurface();
}

function copyOf(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext): Pick<Surface, 'shown' | 'capture' | 'present'> {
  const shown = document.createElement('canvas');
  const pen = shown.getContext('2d', { alpha: false });
  const target = gl.PIXEL_PACK_BUFFER;
  let buffer: WebGLBuffer | null = null;
  let bytes = new Uint8Array(0);
  let image: ImageData | null = null;
  canvas.addEventListener('webglcontextlost', () => {
    buffer = image = null;
  });
  // Read into a buffer the pixels wait where the page can copy them; drawing the canvas would ask the GPU and stand still.
  const capture = () => {
    const { width, height } = canvas;
    buffer ??= gl.createBuffer();
    gl.bindBuffer(target, buffer);
    if (image?.width !== width || image.height !== height) {
      image = new ImageData(width, height);
      bytes = new Uint8Array(4 * width * height);
      gl.bufferData(target, bytes.length, gl.STREAM_READ);
    }
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, 0);
    gl.bindBuffer(target, null);
  };
  const present = () => {
    if (!pen || !image || gl.isContextLost()) return;
    const { width, height, data } = image;
    gl.bindBuffer(target, buffer);
    gl.getBufferSubData(target, 0, bytes);
    gl.bindBuffer(target, null);
    // WebGL's first row is the lowest.
    const row = 4 * width;
    for (let y = 0; y < height; y++) data.set(bytes.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
    if (shown.width !== width || shown.height !== height) Object.assign(shown, { width, height });
    pen.putImageData(image, 0, 0);
  };
  return { shown, capture, present };
}

const POLL_MS = 16;

/** Resolves when the GPU has done everything asked of it so far (or was lost), without blocking the page. */
export function commandsDone(gl: WebGL2RenderingContext): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  return new Promise((resolve) => {
    const ask = () => {
      const done = !fence || gl.isContextLost() || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED;
      if (!done) return void setTimeout(ask, POLL_MS);
      gl.deleteSync(fence);
      resolve();
    };
    ask();
  });
}

/**
 * Compiles what a stage needs before it is drawn. Where the driver can't say whether a program has linked
 * (KHR_parallel_shader_compile), asking for its uniforms waits for it: one program a task, so that no wait is long.
 */
export async function shadersReady(renderer: WebGLRenderer, stage: Scene, camera: Camera): Promise<void> {
  await renderer.compileAsync(stage, camera);
  if (renderer.extensions.has('KHR_parallel_shader_compile')) return;
  for (const program of renderer.info.programs ?? []) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    program.getUniforms();
  }
}
