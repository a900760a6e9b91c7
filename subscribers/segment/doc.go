// Package segment reads the small expression that names a part of a list:
//
//	language = "ru" and joined < 2026-01-01 and not paused
//
// A text goes this way, from top to bottom:
//
//   - [Parse] cuts it into words, reads them into an [Expr], and puts in the place of
//     @name what that segment says. What is wrong is an [*Error], with its place;
//   - [Print] writes an Expr as text, which Parse reads as the same Expr: so a mailing
//     keeps what it began with;
//   - [Matches] says whether a reader is of the part. The store says the same in SQL
//     with bound parameters: no character of an expression is ever part of a query's
//     text.
//
// # The language
//
//	expression = both { "or" both }
//	both       = no { "and" no }
//	no         = "not" no | "(" expression ")" | term
//	term       = field ("=" | "!=") text
//	           | field ["not"] "in" "(" text { "," text } ")"
//	           | time ("=" | "!=" | "<" | "<=" | ">" | ">=") (2026-01-01 | 30d "ago")
//	           | flag
//	           | "sample" 10% [ "of" text ]
//	           | "@" name | "segment" "(" name ")"
//
// [Fields] lists the fields. A term is true or it is not: what is not known of a reader
// (when one of an old list confirmed, say) is neither before nor after any day.
//
// # What a segment may not ask
//
// The private format is not asked for: who chose it counts as a reader of the usual
// one, so that no segment, and no complement of one, singles out readers at risk.
package segment
