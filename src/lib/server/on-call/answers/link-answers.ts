// Shows what a one-time link is about, and takes the answer of its person. To open a link changes nothing, because mail
// scanners open every link.
import type pg from 'pg';
import { whyNot, type MemberRole } from '#lib/domain/access.ts';
import { answeredText, decidedText } from '#lib/domain/on-call/answered.ts';
import type { LinkAnswerIn, LinkAnswered, LinkView } from '#lib/domain/on-call/link-answer.ts';
import type { Page } from '#lib/domain/on-call/page.ts';
import type { Answers } from '#lib/server/on-call/pages/answers.ts';
import type { PageReader } from '#lib/server/on-call/pages/page-reader.ts';
import type { Actor } from '#lib/server/on-call/pages/page-rows.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { createAnswerLinks, type AnswerLink } from './answer-link.ts';

/** A refused answer: its status, a sentence for the person, and the page if the link is right. */
export interface LinkRefusal {
	refused: 401 | 403 | 409 | 410;
	text: string;
	page: Page | null;
}

interface Deps {
	pool: pg.Pool;
	authSecret: string;
	answers: Pick<Answers, 'acknowledge' | 'decide'>;
	pages: Pick<PageReader, 'one'>;
	now?: () => Date;
}

export type LinkAnswers = ReturnType<typeof createLinkAnswers>;

const FORGED = 'This link is not valid. Open the newest message, or sign in and answer on the page.';
const EXPIRED = 'This link has expired after 24 hours. Sign in and answer on the page.';
const USED = 'This link was used before, and works once. Sign in to answer again.';
const GONE = 'The page of this link is no longer stored.';

export function createLinkAnswers({ pool, authSecret, answers, pages, now = () => new Date() }: Deps) {
	const links = createAnswerLinks(authSecret);

	/** Reads the link, its page and its person. */
	async function look(
		token: string
	): Promise<{ link: AnswerLink; page: Page; person: string; isUsed: boolean } | LinkRefusal> {
		const link = links.open(token, now());
		if (link === 'forged') return { refused: 401, text: FORGED, page: null };
		if (link === 'expired') return { refused: 410, text: EXPIRED, page: null };
		const page = await pages.one(link.supplierId, link.pageId);
		if (!page) return { refused: 410, text: GONE, page: null };
		return asSupplier(pool, link.supplierId, async (client) => {
			const { rows } = await client.query<{ name: string; role: MemberRole }>(PERSON({ ...link }));
			const why = rows[0]
				? whyNot('decide', { supplierId: link.supplierId, role: rows[0].role, scopes: [] })
				: 'The person of this link can no longer sign in';
			if (why) return { refused: 403 as const, text: `${why}.`, page: null };
			const used = await client.query(USED_LINK({ ...link }));
			return { link, page, person: rows[0]!.name, isUsed: used.rowCount === 1 };
		});
	}

	/** Uses the link up. Returns whether this was its first use. */
	const use = ({ supplierId, pageId, nonce }: AnswerLink): Promise<boolean> =>
		asSupplier(pool, supplierId, async (client) =>
			Boolean((await client.query(USE({ supplierId, pageId, nonce }))).rowCount)
		);

	/** Reads the page as it is now, and says who answered it. */
	async function refuse(link: AnswerLink, text: string | null, refused: 409 | 410): Promise<LinkRefusal> {
		const page = await pages.one(link.supplierId, link.pageId);
		return { refused, text: text ?? (page && answeredText(page, now())) ?? USED, page };
	}

	return {
		async show(token: string): Promise<LinkView> {
			const seen = await look(token);
			if ('refused' in seen) return { text: seen.text, page: null, person: null };
			const { page, person, isUsed } = seen;
			const { subject, state, priority, openedAt, content, url } = page;
			const text = isUsed && state !== 'open' ? `${USED} ${answeredText(page, now()) ?? ''}`.trim() : null;
			return {
				text: state === 'resolved' ? answeredText(page, now()) : text,
				page: { subject, state, priority, openedAt, content, url },
				person
			};
		},

		/** Answers the page as the person of the link. The first answer stands. */
		async answer(input: LinkAnswerIn): Promise<LinkAnswered | LinkRefusal> {
			const seen = await look(input.token);
			if ('refused' in seen) return seen;
			const { link, page, person } = seen;
			if (page.state === 'resolved' || (page.state === 'acknowledged' && input.answer === 'acknowledge'))
				return refuse(link, null, 409);
			// A process that ended between the use and the answer has answered nothing. An open page shows that.
			if (!(await use(link)) && page.state !== 'open') return refuse(link, USED, 410);
			const actor: Actor = { by: person, byId: link.userId, channel: link.channel };
			const result =
				input.answer === 'acknowledge'
					? await answers.acknowledge(link.supplierId, link.pageId, actor)
					: await answers.decide(
							link.supplierId,
							link.pageId,
							{ verdict: input.verdict!, reason: input.reason!, note: input.note },
							actor
						);
			if ('unknown' in result) return { refused: 410, text: GONE, page: null };
			if ('late' in result) return refuse(link, null, 409);
			const { state, acknowledged, url } = (await pages.one(link.supplierId, link.pageId))!;
			const text = input.answer === 'acknowledge' ? 'Acknowledged' : decidedText(input.verdict!);
			return { text, state, acknowledged, url };
		}
	};
}

const PERSON = query<{ supplierId: number; userId: string }>(`
	select u."name", m.role from member m join "user" u on u."id" = m.user_id join supplier s on s.id = m.supplier_id
	where m.user_id = :userId and m.supplier_id = :supplierId and m.disabled_at is null and s.disabled_at is null`);
const USED_LINK = query<{ nonce: string }>('select from used_answer_link where nonce = :nonce');
const USE = query<{ supplierId: number; pageId: string; nonce: string }>(`
	insert into used_answer_link (nonce, supplier_id, page_id) values (:nonce, :supplierId, :pageId::bigint)
	on conflict (nonce) do nothing`);
