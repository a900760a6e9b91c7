package store

import (
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// KeyedStory is a story with the keys it is found again by: its guid, its
// canonical URL. The strongest key comes first.
type KeyedStory struct {
	digest.Story
	Keys []string
}

// MailedRevision is what an edition said to its readers, and what its editor had
// written of it.
type MailedRevision struct {
	Content digest.Revision
	Overlay digest.Overlay
}

// SourceState is what is known of a source from its fetches.
type SourceState struct {
	Newsletter string
	Source     string

	Asked        string // fingerprint of the address in the configuration: of another nothing here is true
	RedirectedTo string // where a permanent redirect points

	ETag         string // of the last good answer, and what it was
	LastModified string
	ValidatorsOf string // fingerprint of the address that gave these
	Reader       string // version of the program that read that answer

	LastTry  time.Time
	Latency  time.Duration // of the last try
	Error    string        // of the last try, in words; empty after a good one
	Failures int           // tries in a row that failed

	LastSuccess  time.Time
	LastNew      time.Time // when there last was a story not seen before
	FailingSince time.Time // of the first of the failures
	Items        int       // stories in the last good answer
	NewItems     int       // those of them not seen before
	Size         int64     // of that answer, in bytes, unpacked
	Kind         string    // of that answer: "RSS 2.0"
	Warnings     []string  // about it, in words

	NotBefore time.Time // its server asked us to stay away until then
	NextTry   time.Time // the schedule asks not before
}
