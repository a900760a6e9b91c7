// Package event tells which stories are about the same event, and which are one
// story told twice. It is pure, and its result is the same on every machine and for
// every order of the stories.
//
// # The model
//
//   - [Read] takes a [Text] to terms ([Words]): the words of the title, the words of
//     the lead (teaser and first paragraphs), and the three-letter parts of the
//     title's words, which know what two forms of a word have in common in any
//     language. Those at a word's ends count for two.
//   - [NewArchive] counts in how many stories each term stands. A term weighs its
//     inverse document frequency, to the power of 3/4: a great event's own words are
//     frequent. What an archive of a newsroom cannot know yet, a list of stop words
//     and smoothing make up for.
//   - A story is a vector of length 1: 55 hundredths of its square are words, title and
//     lead alike, 45 are parts of words; of a lead its first 100 words
//     count, of a vector its 80 weightiest terms. The likeness of two stories is the
//     cosine, times what is left of 72 hours between them (a triangular kernel);
//     below a 24th it is none.
//   - Two stories of one series are compared without its label: what heads many stories of
//     one source ([Series]) says nothing of what two of them have in common.
//   - [Group] is agglomerative clustering with average link: the nearest two groups
//     are joined until none are [Near], 0.17. How near two groups are is the average
//     likeness over all pairs of the one with the other, over the geometric mean of
//     the averages within each (a story's likeness to itself, 1, counted in). For
//     single stories that is their likeness. For groups it is the cosine between
//     their centroids, so that a big story told from many sides is held to what its
//     own tellings have in common, and not to what two copies have.
//   - A story is compared with the latest 2,000 of those in reach before it, and
//     linked to the 100 that it is most like, so that time grows with the stories and
//     not with their square.
//   - [Events.Same], and [Index] over many, is the higher threshold, 0.75: stories so
//     alike that the second hides nothing; dates only within reach, titles without
//     contradiction.
//
// Group-average clustering of TF-IDF vectors is what Yang, Pierce and Carbonell (A
// Study of Retrospective and On-Line Event Detection, SIGIR 1998) found best for
// finding events in an archive, with time as a second measure of nearness; average
// link and its relation to centroids are in Manning, Raghavan, Schütze: Introduction
// to Information Retrieval (2008), chapter 17. Never single link, which chains, nor
// SimHash, which needs longer texts than headlines.
//
// That a likeness fades with time is of Yang, Pierce and Carbonell too; that 72 hours
// are its end is the newsrooms' wish. The half within the inverse document frequency is
// of Robertson and Spärck Jones (Relevance Weighting of Search Terms, 1976), parts of
// words are of McNamee and Mayfield (Character N-Gram Tokenization for European Language
// Text Retrieval, 2004). The power, the shares, the ends of words, the 24th and 0.17
// were chosen on labelled news: docs/picking.md has what was tried, and what it came to.
// 0.75 was chosen between pairs of titles (TestSame). 100 words are the head of a piece
// of news, which says who, what, where and when. 2,000, 100 and 80 bound the time, and
// change no figure in docs/picking.md. Smaller constants stand beside the code.
//
// # The same on every machine
//
// Logarithms are counted in whole numbers, vectors are in whole numbers, and so all
// sums of likenesses are exact, whatever their order. What is left in floating point
// are single multiplications, divisions and square roots, which IEEE 754 rounds in
// one way. Of equal nearness the earlier story goes first, then the lesser ID.
package event
