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
	Newsletter   string
	Source       string
	ETag         string
	LastModified string
	LastSuccess  time.Time
	LastTry      time.Time
	Items        int           // stories in the last good answer
	NewItems     int           // those of them not seen before
	Latency      time.Duration // of the last try
	Error        string        // of the last try; empty after a good one
	RedirectedTo string        // where a permanent redirect points
}
