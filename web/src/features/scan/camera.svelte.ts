import type { Decoder, Reading } from './decoder';

/** What the camera does. `blocked`: the person or the browser said no. `missing`: there is none. */
export type CameraState = 'off' | 'starting' | 'on' | 'blocked' | 'missing' | 'failed';

/** A picture is looked at so often, in milliseconds, if the reader is ready by then. */
const rhythm = 120;
/** Wide enough for small symbols, small enough to be looked at in time. */
const widest = 1280;

/** A camera that looks for a code. Frames never leave the device. */
export class Camera {
  #state = $state.raw<CameraState>('off');
  #torch = $state.raw<boolean>();
  #stream: MediaStream | undefined;
  #canvas: HTMLCanvasElement | undefined;

  constructor(
    private readonly decoder: Pick<Decoder, 'read'>,
    private readonly devices: Pick<MediaDevices, 'getUserMedia'> | undefined = navigator.mediaDevices,
  ) {}

  get state(): CameraState {
    return this.#state;
  }

  /** Whether the light is on; `undefined` where there is none. */
  get torch(): boolean | undefined {
    return this.#torch;
  }

  /** Shows the camera in `video` and looks until something is read or `stop`; then `undefined`. */
  async scan(video: HTMLVideoElement): Promise<Reading | undefined> {
    this.#state = 'starting';
    try {
      if (!this.devices) throw new DOMException('no camera on plain HTTP', 'NotFoundError');
      this.#stream = await this.devices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
      video.srcObject = this.#stream;
      await video.play();
      this.#torch = hasTorch(this.#stream) ? false : undefined;
      this.#state = 'on';
      return await this.#look(video);
    } catch (thrown) {
      if (this.isOn()) this.#state = why(thrown);
      this.#release();
      return undefined;
    }
  }

  async switchTorch(): Promise<void> {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    if (!track || this.#torch === undefined) return;
    const torch = !this.#torch;
    await track.applyConstraints({ advanced: [{ torch } as MediaTrackConstraintSet] });
    this.#torch = torch;
  }

  stop(): void {
    this.#state = 'off';
    this.#release();
  }

  /** Asked anew after every wait: somebody may have stopped it meanwhile. */
  private isOn(): boolean {
    return this.#state === 'on' || this.#state === 'starting';
  }

  async #look(video: HTMLVideoElement): Promise<Reading | undefined> {
    while (this.isOn()) {
      const frame = this.#frame(video);
      const found = frame && (await this.decoder.read(frame));
      if (found && this.isOn()) {
        this.stop();
        return found;
      }
      await new Promise((done) => setTimeout(done, rhythm));
    }
    return undefined;
  }

  #frame(video: HTMLVideoElement): ImageData | undefined {
    const scale = Math.min(1, widest / video.videoWidth);
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (!(width > 0 && height > 0)) return undefined; // the first picture is not there yet
    this.#canvas ??= document.createElement('canvas');
    this.#canvas.width = width;
    this.#canvas.height = height;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    context?.drawImage(video, 0, 0, width, height);
    return context?.getImageData(0, 0, width, height);
  }

  #release(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#torch = undefined;
  }
}

function hasTorch(stream: MediaStream): boolean {
  const [track] = stream.getVideoTracks();
  const capabilities = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  return capabilities?.torch === true;
}

function why(thrown: unknown): CameraState {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'failed';
}
