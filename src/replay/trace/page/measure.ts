import { useEffect, useLayoutEffect, useState } from "preact/hooks";

interface Reference {
  readonly current: HTMLElement | null;
}

/** How wide an element is, in CSS pixels. */
export function useWidth(box: Reference): number {
  return useSize(box).width;
}

export function useSize(box: Reference): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 320, height: 320 });
  useLayoutEffect(() => {
    if (!box.current) return;
    const element = box.current;
    const measure = (): void =>
      setSize((before) => {
        const { clientWidth: width, clientHeight: height } = element;
        return before.width === width && before.height === height ? before : { width, height };
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}

/** Changes when the colour scheme does. */
export function useScheme(): boolean {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const changed = (): void => setDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return dark;
}

/** Makes a canvas as sharp as the screen, and empties it. Units are CSS pixels. */
export function sizedCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d") ?? undefined;
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
