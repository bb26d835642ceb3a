// Rings when an Alert joins the desk: one sound for each priority. One tab of a browser rings for all its tabs. A mute ends
// by itself and shows its end.
import type { Alert } from '#lib/domain/alert.ts';
import type { Clock } from './clock.svelte.ts';
import { keep, kept } from './kept.ts';

/** How long a mute lasts (ms). */
export const MUTE_MS = 15 * 60_000;
/** The console rings again after this time at the earliest (ms), or at once for a more urgent Alert. */
const PAUSE_MS = 3000;
const MUTE_KEY = 'causeway-muted-until';
const LOCK = 'causeway-alarm-sound';
const VOLUME = 0.15;
const TONE_SECONDS = 0.14;
/** The tones of each priority (Hz). The most urgent priority is the highest and has the most tones. */
const TONES: Readonly<Record<number, readonly number[]>> = {
	1: [988, 740, 988, 740],
	2: [740, 587],
	3: [440]
};

export class AlarmSound {
	/** When the mute ends (epoch ms); 0: not muted. */
	#mutedUntil = $state(0);
	/** Whether the browser lets the page ring. Browsers wait for the first click or key. */
	isUnlocked = $state(false);
	readonly #clock: Clock;
	#audio: AudioContext | undefined;
	/** Whether this tab rings for all tabs of this browser. */
	#rings = false;
	#last = { at: -Infinity, priority: Infinity };

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** When the mute ends (epoch ms); `null`: not muted. */
	get mutedUntil(): number | null {
		return this.#mutedUntil > this.#clock.now ? this.#mutedUntil : null;
	}

	/** Mutes this browser for 15 minutes, or ends the mute. */
	toggleMute(): void {
		this.#mutedUntil = this.mutedUntil === null ? this.#clock.preciseNow() + MUTE_MS : 0;
		keep(MUTE_KEY, String(this.#mutedUntil));
	}

	/** Rings once for the most urgent of these Alerts. Journal (priority 4) never rings. */
	ring(arrived: readonly Alert[]): void {
		const priority = Math.min(...arrived.map((alert) => alert.priority));
		const tones = TONES[priority];
		if (!tones || !this.#rings || !this.isUnlocked || this.mutedUntil !== null) return;
		const now = performance.now();
		if (now - this.#last.at < PAUSE_MS && priority >= this.#last.priority) return;
		this.#last = { at: now, priority };
		this.#play(tones);
	}

	/** Unlocks the sound at the first click or key, and shares the mute with the other tabs. */
	start(): () => void {
		const stop = new AbortController();
		const { signal } = stop;
		this.#mutedUntil = Number(kept(MUTE_KEY)) || 0;
		addEventListener(
			'storage',
			(event: StorageEvent) => {
				if (event.key === MUTE_KEY) this.#mutedUntil = Number(event.newValue) || 0;
			},
			{ signal }
		);
		for (const type of ['pointerdown', 'keydown'])
			addEventListener(type, () => void this.#unlock(), { signal, capture: true });
		this.#ringForAllTabs(signal);
		return () => {
			stop.abort();
			void this.#audio?.close();
			this.#audio = undefined;
		};
	}

	async #unlock(): Promise<void> {
		if (this.isUnlocked) return;
		this.#audio ??= new AudioContext();
		await this.#audio.resume().catch(() => {});
		this.isUnlocked = this.#audio?.state === 'running';
	}

	/** The tab that holds the lock rings. The lock goes to another tab when this tab closes. */
	#ringForAllTabs(signal: AbortSignal): void {
		// Browsers have locks on HTTPS and on this machine only. Elsewhere, each tab rings.
		if (!('locks' in navigator)) {
			this.#rings = true;
			return;
		}
		navigator.locks
			.request(LOCK, { signal }, () => {
				this.#rings = true;
				return new Promise<void>((free) => signal.addEventListener('abort', () => free()));
			})
			.catch(() => {});
	}

	#play(tones: readonly number[]): void {
		const audio = this.#audio!;
		tones.forEach((hertz, i) => {
			const from = audio.currentTime + i * TONE_SECONDS;
			const tone = audio.createOscillator();
			const volume = audio.createGain();
			tone.frequency.value = hertz;
			// A tone that begins or ends at once clicks.
			volume.gain.setValueAtTime(0, from);
			volume.gain.linearRampToValueAtTime(VOLUME, from + 0.01);
			volume.gain.linearRampToValueAtTime(0, from + TONE_SECONDS);
			tone.connect(volume).connect(audio.destination);
			tone.start(from);
			tone.stop(from + TONE_SECONDS);
		});
	}
}
