// Films of codes for Chromium's fake camera: a code drawn by zxing-wasm's writer, moving a little, as in a hand.

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, writeBarcode, type WriterOptions } from 'zxing-wasm/writer';

/** A symbol on a pack: what it says and how it is drawn. GS1 element strings are written in brackets. */
export interface Symbol {
  text: string;
  format: NonNullable<WriterOptions['format']>;
  options?: string;
}

const width = 640;
const height = 480;
/** The pack is held a little differently in each picture. */
const places = [-6, 0, 6, 0];

/** Writes the film as uncompressed video (Y4M), which Chromium plays again and again. */
export async function film(path: string, symbol: Symbol): Promise<void> {
  const pictures = await Promise.all(places.map((place) => picture(symbol, place)));
  const colours = Buffer.alloc((width * height) / 2, 128); // grey
  const frames = pictures.flatMap((luma) => [Buffer.from('FRAME\n'), luma, colours]);
  await writeFile(
    path,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420jpeg\n`), ...frames]),
  );
}

/** A photo of the symbol, as a file (PNG). */
export async function photo({ text, format, options = '' }: Symbol): Promise<Buffer> {
  await ready;
  const { image, error } = await writeBarcode(text, { format, options, scale: 8 });
  if (!image) throw new Error(error);
  return Buffer.from(await image.arrayBuffer());
}

/** The symbol on white paper, `shift` points from the middle. */
async function picture({ text, format, options = '' }: Symbol, shift: number): Promise<Buffer> {
  await ready;
  const written = await writeBarcode(text, { format, options, scale: 1, addQuietZones: false });
  if (written.error) throw new Error(written.error);
  const { data, width: columns, height: rows } = written.symbol;
  const scale = Math.floor(Math.min(520 / columns, 360 / rows));
  const left = Math.floor((width - columns * scale) / 2) + shift;
  const top = Math.floor((height - rows * scale) / 2) + shift;
  const luma = Buffer.alloc(width * height, 255);
  for (let y = 0; y < rows * scale; y++) {
    const row = Math.floor(y / scale);
    for (let x = 0; x < columns * scale; x++) {
      const point = data[row * columns + Math.floor(x / scale)];
      luma[(top + y) * width + left + x] = point === 0 ? 0 : 255;
    }
  }
  return luma;
}

const ready = (async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  const wasm = await readFile(file);
  await prepareZXingModule({
    overrides: {
      wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer,
    },
    fireImmediately: true,
  });
})();
