// Package digest decides what an edition says. It is pure: no clock, no
// randomness, no files, no network. The same input gives the same pick on every
// machine.
//
// The way through it, from top to bottom:
//
//   - a [Schedule] names the slots of a newsletter ([Slot]: a local wall-clock
//     time, never "now");
//   - a [Snapshot] holds what is known when an edition is drafted: the slot, the
//     window, the rules, the stories, and what earlier editions have mailed;
//   - an [Overlay] holds what the editor changed;
//   - [Make] takes both to a [Pick]: every story in it or left out, each with
//     one [Reason];
//   - [Compose] takes the pick to a [Revision]: what the edition says, ready to
//     be rendered.
//
// # The pick
//
// In this order:
//
//  1. Dates. A date that is missing, in the future, or the same for a whole feed is
//     replaced by when the story was first seen, and the reason says so. (The same for
//     all: at least 3 of the feed. A window begins where the last edition sent ended,
//     the first 7 days before; a story first seen in it may date 48 hours earlier.)
//  2. Gates. Each leaves a story out for one reason; the [Rule] constants list them.
//     What passes them all is a candidate; nothing below depends on what does not.
//     What a stopped story may still tell is how its source writes: in which
//     languages, and whether its dates can be believed; and only if the gates that
//     ask about the story alone let it through.
//  3. Events. Candidates that tell the same event are one: the editor's, or the best.
//     The others are "also covered" beneath it, but for those that tell it in nearly
//     the same words, which are hidden. Package event says how events are told. They
//     are made of what passes the gates whatever the editor says; what only the editor
//     lets in is put to them and changes none, so that an edit of one story leaves the
//     events of the others alone.
//  4. Points, then the choice, then the order: the lead (the editor's, or the best with
//     a picture that is not known to be none, never an opinion nor sponsored), the sections, within them the score.
//
// # Points
//
// A score is whole points of 100, the sum of six parts ([Weights]; configuration may
// move them, they stay 100):
//
//   - value, 40: the editor's value of 0 to 100 in proportion; 20 where none is given.
//   - readers, 20: page views as a percentile, 0 for the least read, 20 for the most,
//     among stories of the same section and age. Views come fast at first and then
//     ever more slowly (Szabo, Huberman, Predicting the Popularity of Online Content,
//     CACM 53, 2010), so ages are sorted into bands that double: a day, two, four,
//     eight. With fewer than 5 known in a band the section is asked, then everything.
//     A story without figures has the middle, and says so ([Points].NoViews).
//   - coverage, 15: how many of the newsroom's own stories tell the event. It grows
//     with the root of the further reports and is full at 8, but is no more than the
//     event's rank gives, 15 for the greatest, evenly less to 0 at twice as many as
//     the edition has places: where many events are great, the choice is between
//     those of the middle ranks. The story in the middle of its group stands for all
//     further reports, another for a part of them: its likeness to the others, as a
//     part of that of the one in the middle ([event.Events.Centre]; the centroid as
//     what a cluster is about: Radev et al., Centroid-based summarization of multiple
//     documents, 2004). Of an event's stories of one score the one that stands for
//     most is taken.
//   - form, 10: a feature, an analysis, an investigation, by its section or topic.
//   - freshness, 10: all for the first half of a lifetime, counted to when readers get
//     it, then evenly less until its end. News lives for 7 days, the longer forms for
//     28, or for what the section says. On the web most news is left after 36 hours
//     (Dezső et al., Dynamics of information access on the web, Physical Review E 73,
//     2006), but these readers come once a week: fading from the first hour on put
//     Monday's great event behind Friday's small one (docs/picking.md).
//   - completeness, 5: picture 2, teaser 1, byline 1, the article itself 1.
//
// # The objective
//
// Among the editions S that keep to the limits we look for one that has most of
//
//	f(S) = sum over s in S of score(s)
//	     + sum over kinds k of sum over names n of sqrt(sum over s in S of part(s, k, n))
//
// The kinds are section, author and topic. part(s, k, n) is score(s)/m² where s has m
// names of the kind and n is one of them, else 0, so that many topics are no better
// than one. The second line is the reward for diversity of Lin and Bilmes (A Class of
// Submodular Functions for Document Summarization, ACL 2011): the root makes the second
// story of a name add less than the first. A good story of 64 points that shares
// nothing adds 64 + 3·8 = 88; beside one such of its section, author and topic it adds
// 64 + 3·3.3 = 74. Variety is worth a sixth of a good story: it decides between
// stories that are close. f is monotone and submodular.
//
// The limits are the edition's size and the sections' maxima, which together are one
// laminar matroid, and the author's maximum: with one author a story, a partition
// matroid. The editor's pins come first, then the sections' minima, in the order of
// the sections, each by greatest gain; then, again and again, the candidate with the
// greatest gain f(S + s) - f(S) of those that fit; then one pass of exchanges, in which
// each story that is no pin gives its place to the one that makes most of it, if f
// grows by that (a step of the local improvement that Nemhauser, Wolsey and Fisher
// weigh beside greedy, in the first of the papers below); then what has found room by
// that. For what is chosen after the pins and minima, given those, greedy reaches of
// the greatest f that is possible
//
//   - 1 - 1/e (63 of 100) where only the size limits (Nemhauser, Wolsey, Fisher, An
//     Analysis of Approximations for Maximizing Submodular Set Functions I, 1978);
//   - 1/2 under sections' maxima too, 1/3 under an author's maximum too, and 1/(2+a)
//     where stories have up to a authors, which is an (a+1)-system (Fisher, Nemhauser,
//     Wolsey, the same, II, 1978);
//
// and the exchanges never lower it. Those are the worst cases: over small inputs, every
// choice tried, nine of ten picks come within a hundredth of the best
// (TestPickIsAsGoodAsPromised). f is counted in whole thousandths of a point, the roots
// rounded down, so that every machine counts alike; a gain may be off by one of these
// for each name. Ties go to the higher score, the later date, the smaller ID.
//
// A byline of a desk or an agency ("Staff", "Reuters") is no author to the maximum; nor
// is one that signs 12 stories and half of the week.
//
// # A thin week
//
// With less than HoldBelow stories chosen, stories of earlier windows that were never
// sent come in, up to four weeks old ([Reserve]), then evergreens, then whatever the
// maxima of sections and authors kept out, until there are HoldBelow. An event of this
// week is not told again; no gate but the window's is lifted. What is still thin is
// held for the editors; a week with nothing of its own is skipped, or held where no source
// could be read.
//
// # The ledger
//
// The reasons are what the choice itself noted: of each story that was weighed its
// points by part, what it added when it was taken, and what it shared then with which
// picks ([Choice]); of each that a limit kept out, the limit, and the pick that it came
// closest to replacing.
//
// # Corrections
//
// What was mailed is never mailed again. Where such a story has changed in substance
// since ([Corrected]: a correction, other words in the title, other numbers, a fifth of
// the text), it is offered for the edition's block of corrections, which
// names the edition that had it; the editor takes it, or does not.
//
// What its source takes back of a story between the pick and the send stops the send
// ([Lost]: a name or a number; a fifth of the words, half of a title and teaser).
//
// # Numbers of our own
//
// A number beside which no source is named above is our own choice:
//
//   - the weights, and 48 hours for what comes late: the newsrooms' wish;
//   - 7 days of a first window and of news, 28 of the longer forms, four weeks of a thin
//     week's reserve: a weekly's week, and a month of them;
//   - 3 stories of one date and 5 known page views: with fewer, chance looks the same;
//   - 8 reports, a root, ranks to twice the places, and half of a lifetime: the second
//     report says more than the twentieth, and the choice is at the edition's edge, not
//     at its head (docs/picking.md has what was tried);
//   - the fifths of corrections and of what is taken back: newsrooms trim and mend less
//     than that all day;
//   - 12 stories and half of the week for a byline that is a desk: no person writes that;
//   - the parts of completeness: a picture counts twice, most readers see it first.
//
// # The states of an edition
//
//	draft --approve--> approved --freeze--> frozen --send--> sending --> sent
//	  |  <--edit---------'  |                 |                |          |
//	  |  <--another hash----'                 |                |          |
//	  |  <--reopen----------------------------'----------------'----------'
//	  |                                         (stopped half-way) (a correction)
//	  |    sent --send to the rest, or to those with an older revision--> sending
//	  |--thin week, no source read, or not approved by its slot--> held --edit, approve--> draft, approved
//	  |    approved, frozen --a source took something back--> held
//	  |--nothing new, or "dates: skip"--> skipped
//	  |--not sent before the newsletter's "expires" (from held, approved too)--> expired
//	  '--cancel (from held, approved, frozen, sending too)--> cancelled
//	skipped, expired, cancelled --reopen--> draft
package digest
