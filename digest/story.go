package digest

import "time"

// Story is one article with its identity, as a source published it. Text fields
// are plain text, valid UTF-8, trimmed, without control characters; HTML is the
// exception and is sanitised.
type Story struct {
	ID         string        `json:"id"`                   // stable name of the story within its newsletter: see Identify
	Source     string        `json:"source"`               // name of the source in the configuration
	GUID       string        `json:"guid,omitempty"`       // the source's own identifier, as given
	URL        string        `json:"url"`                  // absolute link for the reader, tracking parameters removed
	Title      string        `json:"title"`                // headline
	Teaser     string        `json:"teaser,omitempty"`     // one to three sentences
	HTML       string        `json:"html,omitempty"`       // the article itself, sanitised; empty where the source gives none
	Authors    []string      `json:"authors,omitempty"`    // bylines, in order
	Section    string        `json:"section,omitempty"`    // section by the source's configuration or the story's front matter
	Topics     []string      `json:"topics,omitempty"`     // categories as the source gives them
	Language   string        `json:"language,omitempty"`   // BCP 47, empty where unknown
	Image      *Image        `json:"image,omitempty"`      // lead picture
	Published  time.Time     `json:"published,omitzero"`   // zero where the source does not say or cannot be believed
	Updated    time.Time     `json:"updated,omitzero"`     // zero where the source does not say
	FirstSeen  time.Time     `json:"first_seen,omitzero"`  // when a fetch first found it
	Embargo    time.Time     `json:"embargo,omitzero"`     // not to be mailed before this instant; zero: free
	Sponsor    string        `json:"sponsor,omitempty"`    // who paid for it; empty: editorial
	RunFrom    time.Time     `json:"run_from,omitzero"`    // not to be mailed before this instant, as was agreed with whoever paid; zero: at any time
	RunUntil   time.Time     `json:"run_until,omitzero"`   // nor from this instant on; zero: at any time
	Value      int           `json:"value,omitempty"`      // the editor's value, 0 to 100; 0: not given
	Lifetime   time.Duration `json:"lifetime,omitempty"`   // how long it lives, whatever its section says; 0: not given
	Correction string        `json:"correction,omitempty"` // text of a correction, where the source carries one
	Evergreen  bool          `json:"evergreen,omitempty"`  // as good in any week: it may fill a thin one
	Gone       int           `json:"gone,omitempty"`       // 404 or 410: what its page answered when it was last asked; or Withdrawn; 0: it is there, or nobody has asked

	Found map[Part]string `json:"found,omitempty"` // of the parts that its source leaves out: where else each was found
	Page  *Visit          `json:"page,omitempty"`  // when its page was read for them; nil: it was not
}

// Withdrawn, as a story's Gone, says that its source has it no more: it was taken out.
const Withdrawn = 1

// Image is a story's picture. Width and Height are pixels, 0 where unknown.
type Image struct {
	URL     string `json:"url"`
	Alt     string `json:"alt,omitempty"`
	Caption string `json:"caption,omitempty"`
	Credit  string `json:"credit,omitempty"`
	Width   int    `json:"width,omitempty"`
	Height  int    `json:"height,omitempty"`
}

// OffRun says why a story may not be mailed at an instant, by the dates that it was
// paid to run; empty: it may.
func (s Story) OffRun(at time.Time) string {
	const day = "2 Jan 2006 15:04 MST"
	switch {
	case at.Before(s.RunFrom):
		return "runs only from " + s.RunFrom.UTC().Format(day)
	case !s.RunUntil.IsZero() && !at.Before(s.RunUntil):
		return "ran only until " + s.RunUntil.UTC().Format(day)
	}
	return ""
}

// Date is the instant the rules work with: when the story was published, or, for
// want of a believable date, when it was first seen.
func (s Story) Date() time.Time {
	if s.Published.IsZero() {
		return s.FirstSeen
	}
	return s.Published
}
