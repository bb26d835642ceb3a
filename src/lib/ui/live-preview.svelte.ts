// Keeps a preview of what a person edits up to date: the browser asks the server for it when the person pauses.
import type { Answer } from './call-api.ts';

type Refusal = Extract<Answer<unknown>, { ok: false }>;

const PAUSE_MS = 300;

export class LivePreview<Input, Preview> {
	/** `null`: no preview of what the person edits has arrived yet. */
	shown = $state.raw<Preview | null>(null);
	/** Why there is no preview. Empty: there is no fault. */
	fault = $state('');
	isBusy = $state(false);
	readonly #read: (input: Input) => Promise<Answer<Preview>>;
	readonly #faultText: (refusal: Refusal) => string;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** The text of the input that was asked for last. */
	#asked = '';

	/** `read`: asks the server. `faultText`: says why there is no preview. */
	constructor(read: (input: Input) => Promise<Answer<Preview>>, faultText: (refusal: Refusal) => string) {
		this.#read = read;
		this.#faultText = faultText;
	}

	show(input: Input): void {
		const asked = JSON.stringify(input);
		if (asked === this.#asked) return;
		this.#asked = asked;
		clearTimeout(this.#timer);
		this.isBusy = true;
		this.#timer = setTimeout(() => void this.#ask(asked, input), PAUSE_MS);
	}

	/** Shows a newer preview of the same input. */
	replace(preview: Preview): void {
		this.shown = preview;
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#asked = '';
	}

	async #ask(asked: string, input: Input): Promise<void> {
		const answer = await this.#read(input);
		if (asked !== this.#asked) return;
		this.isBusy = false;
		this.shown = answer.ok ? answer.value : null;
		this.fault = answer.ok ? '' : this.#faultText(answer);
	}
}
