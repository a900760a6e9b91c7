// Package config reads the one file of a newsroom, broadsheet.yaml, and says
// everything that is wrong with it at once.
//
// The way through it, from top to bottom:
//
//   - [Load] reads the file, [Parse] its bytes; the environment is passed in, so
//     that a test needs none;
//   - the text becomes a tree in which each value knows its line and column
//     (value.go);
//   - tables of keys (top.go, relay.go, newsletter.go, ...) say what each mapping
//     may hold, with its default, and read each value into the [Config];
//   - what concerns several values together is checked at the end of each mapping;
//   - whatever is wrong is collected as a [Problem]: where, what, the offending
//     text, and what would be right. All of them come back as one [*Error].
//
// Secrets never stand in the file: they are given as env:NAME or file:PATH, and an
// excerpt in an error never shows one that was written there by mistake.
//
// [Sample] writes the file that `broadsheet init` starts a newsroom with.
package config
