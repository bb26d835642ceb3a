// Finds text that stands in a page instead of the catalogue (src/messages), as selectors of `no-restricted-syntax`.

const MESSAGE =
	'Write this text into src/messages/en, and import it from #messages (CONTRIBUTING.md, "Add a text").';

/** Attributes that people read or hear. */
const READ = '/^(aria-label|aria-description|aria-roledescription|title|placeholder|alt|label)$/';
/** A word: two letters in a row. */
const WORD = '/[A-Za-z]{2}/';
/** Two words, a word with a capital, or a word beside a space. Names of states, codes and keys look otherwise. */
const SENTENCE = '/[A-Za-z]{2}[,.:;]? [A-Za-z]|^[A-Z][a-z]+$|^ [a-z]|[a-z] $/';

const BLOCK = ':matches(SvelteElement, SvelteIfBlock, SvelteElseBlock, SvelteEachBlock, SvelteSnippetBlock)';
const SHOWN = `${BLOCK} > SvelteMustacheTag`;
const SPOKEN = `SvelteAttribute[key.name=${READ}]`;
/** Where a literal is compared, or names a field or a header, it is no text. */
const NAMED =
	'BinaryExpression, SwitchCase, MemberExpression, NewExpression, ImportDeclaration, TSLiteralType';

/** Code is the same in every language, and so is the name of the product. */
const CODE = '[name.name=/^(code|kbd|style)$/]';
const TEXT = '/^(?!\\s*Causeway\\s*$)[^]*[A-Za-z]{2}/';

export const HARD_CODED_TEXT = [
	`${BLOCK}:not(${CODE}) > SvelteText[value=${TEXT}]`,
	`${SHOWN} > Literal[value=${WORD}]`,
	`${SHOWN} :matches(ConditionalExpression, LogicalExpression) > Literal[value=${WORD}]`,
	`${SHOWN} TemplateElement[value.raw=${WORD}]`,
	`${SPOKEN} > SvelteLiteral[value=${WORD}]`,
	`${SPOKEN} :not(${NAMED}, CallExpression, Property) > Literal[value=${WORD}]`,
	`${SPOKEN} TemplateElement[value.raw=${WORD}]`,
	`:not(${NAMED}, SvelteAttribute *, CallExpression[callee.property.name='set']) > Literal[value=${SENTENCE}]`,
	`TemplateLiteral:not(SvelteAttribute *, ${SHOWN} *) > TemplateElement[value.raw=${SENTENCE}]`
].map((selector) => ({ selector, message: MESSAGE }));

/** Finds messages that a module writes when it is loaded: the language of the reader is not known then. */
export const EARLY_MESSAGE = {
	selector:
		'Program > :matches(VariableDeclaration, ExportNamedDeclaration) CallExpression[callee.object.name=/^(messages|common)$/]:not(:function *)',
	message:
		'Write the message in a function: while a module is loaded, the language of the reader is not known.'
};
