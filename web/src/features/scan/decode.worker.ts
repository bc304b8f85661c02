// Reads symbols out of pictures, beside the page. The reader's WebAssembly is ours: its default is a CDN.

import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { Answer, Question } from './decoder';

prepareZXingModule({
  overrides: {
    locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm : prefix + path),
  },
});

const options: ReaderOptions = {
  formats: ['QRCode', 'DataMatrix', 'EAN13', 'EAN8', 'UPCA', 'UPCE', 'Code128', 'DataBarExp', 'DataBar'],
  // So that FNC1 arrives as the group separator that it is, and not as words in brackets.
  textMode: 'Plain',
  maxNumberOfSymbols: 1,
  tryHarder: true,
};

self.addEventListener('message', ({ data }: MessageEvent<Question>) => void answer(data));

async function answer({ id, picture }: Question): Promise<void> {
  const reply: Answer = { id, ...(await read(picture)) };
  self.postMessage(reply);
}

async function read(picture: Question['picture']): Promise<Omit<Answer, 'id'>> {
  try {
    const [found] = (await readBarcodes(picture, options)).filter(({ isValid }) => isValid);
    return found ? { code: found.text, symbology: found.symbologyIdentifier } : {};
  } catch {
    return { broken: true }; // a file that is no picture, or a reader that did not arrive
  }
}
