// Reads the language of the console from the page, before the browser shows the page.
import { languageOfTag, readLanguageFrom } from '#lib/ui/language.ts';

const chosen = languageOfTag(document.documentElement.lang);
readLanguageFrom(() => chosen);
