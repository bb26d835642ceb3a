// Defines a choice of a form of the desk, which a digit or a button takes.

export interface Option {
	/** The digit; `null`: only the button takes the choice. */
	key: string | null;
	text: string;
	/** Why the choice cannot be taken; `null`: it can. */
	whyNot: string | null;
	run: () => void;
}

/** Takes the choice of a digit. A digit without a choice, or whose choice cannot be taken, does nothing. */
export function takeOption(options: readonly Option[], digit: string): void {
	const option = options.find(({ key }) => key === digit);
	if (option?.whyNot === null) option.run();
}
