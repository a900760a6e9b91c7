package digest

import "time"

// Rules are a newsletter's wishes for its pick.
type Rules struct {
	Stories   int           `json:"stories"`              // most stories in an edition
	HoldBelow int           `json:"hold_below"`           // fewer than this: the edition is held for the editors
	Language  string        `json:"language,omitempty"`   // stories in another language are left out; empty: any
	LateGrace time.Duration `json:"late_grace,omitempty"` // how long before the window a story may date that was first seen in it
	Sections  []Section     `json:"sections"`             // headings, in the order of the edition
	Barred    []string      `json:"barred,omitempty"`     // sections or topics that never enter by the rule
	AuthorMax int           `json:"author_max,omitempty"` // stories of one author at most; 0: no limit
	Weights   Weights       `json:"weights,omitzero"`     // of the parts of a score; zero: UsualWeights
}

// Section is a heading of the edition. A story belongs to the first section
// whose Name or one of whose Match words equals the story's section or one of its
// topics, without regard to case; otherwise to the section that takes the Rest.
type Section struct {
	Name  string   `json:"name"`
	Match []string `json:"match,omitempty"`
	Min   int      `json:"min,omitempty"`  // stories wanted at least, where the week has them
	Max   int      `json:"max,omitempty"`  // stories at most; 0: no limit
	Rest  bool     `json:"rest,omitempty"` // takes stories that no other section takes
	Lead  *bool    `json:"lead,omitempty"` // false: the lead never comes from here (opinion)

	Lifetime time.Duration `json:"lifetime,omitempty"` // how long its stories live; 0: news 7 days, longer forms 28
}

// Snapshot is everything a pick depends on but the editor's overlay. It is stored
// with the revision, so that the pick can be made again and explained.
type Snapshot struct {
	Newsletter string    `json:"newsletter"`
	Slot       Slot      `json:"slot"`
	At         time.Time `json:"at"`                // the slot as an instant
	From       time.Time `json:"from"`              // window: first instant, inclusive (the cutoff of the last edition really sent)
	To         time.Time `json:"to"`                // window: last instant, exclusive
	Drafted    time.Time `json:"drafted,omitzero"`  // when this was known; zero: To
	Unread     bool      `json:"unread,omitempty"`  // every source was asked, and none could be read
	Sources    []string  `json:"sources,omitempty"` // the newsletter's own, by name; none: not known, and any will do
	Rules      Rules     `json:"rules"`
	Stories    []Story   `json:"stories"`
	Mailed     []Mailed  `json:"mailed,omitempty"`

	// Unshown are addresses of pictures that turned out to be none: a story does not lead
	// for them.
	Unshown []string `json:"unshown,omitempty"`

	Views map[string]int `json:"views,omitempty"` // page views by story, where they are known

	// Corrected are the stories that readers have had and that read otherwise now.
	Corrected []Correction `json:"corrected,omitempty"`
}

// known is when the snapshot was made: at its window's end, or, where the edition was
// drafted late, after it.
func (s Snapshot) known() time.Time { return later(s.To, s.Drafted) }

// Mailed is a story that an earlier edition carried to readers. Entries of the
// snapshot's own edition are ignored, so that it can be drafted again after a part
// of its list has had it.
type Mailed struct {
	ID        string    `json:"id"`
	Source    string    `json:"source,omitempty"` // gives GUIDs such as "4711" their meaning
	GUID      string    `json:"guid,omitempty"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Published time.Time `json:"published,omitzero"` // the story's Date; zero: the day of the edition stands for it
	Edition   string    `json:"edition"`            // "weekly/2026-11-20T09:00"
}

// Overlay is what the editor changed. It names stories by their ID and is laid
// over any snapshot of the same edition: fetching again never disturbs it.
//
// The stories that Lead, Order and Add name are in the edition, and count against
// the quotas before any that the rule picks. Add also lifts the gates source removed,
// sponsored, barred, other language and outside the window; nothing lifts the others.
type Overlay struct {
	Subject   string             `json:"subject,omitempty"`
	Preheader string             `json:"preheader,omitempty"`
	Intro     string             `json:"intro,omitempty"`     // Markdown
	NoAppeal  bool               `json:"no_appeal,omitempty"` // no appeal for support: a solemn edition
	Lead      string             `json:"lead,omitempty"`
	Order     []string           `json:"order,omitempty"`    // stories first to last within their sections; the rest follow by rule
	Sections  map[string]string  `json:"sections,omitempty"` // story -> section
	Drop      []string           `json:"drop,omitempty"`
	Add       []string           `json:"add,omitempty"`
	Retitle   map[string]Retitle `json:"retitle,omitempty"`
	Elsewhere []Elsewhere        `json:"elsewhere,omitempty"` // links that no source has; Lead, Order or Add put them in
	Whole     bool               `json:"whole,omitempty"`     // what Lead, Order and Add name is the whole edition: the rule adds none
	Seen      time.Time          `json:"seen,omitzero"`       // of a whole edition: what was first seen from here on the editor has not seen

	// Corrections are the offers of the snapshot that the edition prints: story -> what
	// readers are told, empty for the source's own words.
	Corrections map[string]string `json:"corrections,omitempty"`
}

// Retitle changes what an edition prints of a story. Empty fields keep the
// story's own.
type Retitle struct {
	Title  string `json:"title,omitempty"`
	Teaser string `json:"teaser,omitempty"`
	Kicker string `json:"kicker,omitempty"`
	Image  string `json:"image,omitempty"` // address of another picture, or NoImage
	Alt    string `json:"alt,omitempty"`   // what that picture shows
}

// NoImage prints a story without its picture.
const NoImage = "none"

// Pick is the choice and order of stories, and its own explanation.
type Pick struct {
	Verdict Verdict  `json:"verdict"`
	Chosen  []Choice `json:"chosen"` // in the order of the edition, the lead first
	Left    []Choice `json:"left"`   // what was left out, by date, newest first

	// Corrections are offers for the edition's block of that name, each taken or not.
	Corrections []Correction `json:"corrections,omitempty"`
}

// Verdict says whether the pick makes an edition.
type Verdict string

// The verdicts.
const (
	Full   Verdict = "full"   // an edition
	Thin   Verdict = "thin"   // fewer stories than HoldBelow: to be held
	Empty  Verdict = "empty"  // nothing new: to be skipped
	Unread Verdict = "unread" // nothing, but no source could be read, so there may be news: to be held
)

// Choice is one candidate and what the rule made of it.
type Choice struct {
	Story   Story    `json:"story"`
	Section string   `json:"section"`
	Kicker  string   `json:"kicker,omitempty"`
	Lead    bool     `json:"lead,omitempty"`
	Reason  Reason   `json:"reason"`
	Points  *Points  `json:"points,omitempty"`  // nil where a gate decided
	Gain    float64  `json:"gain,omitempty"`    // points and variety that it added when it was taken; left out by a limit: that it would add now
	Shares  []Share  `json:"shares,omitempty"`  // what it had in common with the edition then
	LostTo  string   `json:"lost_to,omitempty"` // ID of the pick that it came closest to replacing; empty: none could leave for it
	Also    []string `json:"also,omitempty"`    // IDs of the other reports of its event, for "also covered"
	Again   []string `json:"again,omitempty"`   // IDs of those that tell it in nearly the same words: hidden
}

// Reason is the one rule that put a story in or left it out.
type Reason struct {
	Rule  Rule   `json:"rule"`
	Text  string `json:"text"`            // one line for the editor: "News is full (3 of 3)"
	Score int    `json:"score,omitempty"` // whole points; 0 where a gate decided
}

// Rule names the step of the pick that decided. A gate or a quota has one each.
type Rule string

// The rules that put a story in.
const (
	ByEditor  Rule = "added by the editor"
	ByMinimum Rule = "section minimum"
	ByScore   Rule = "score" // most points and variety of what was left
	BySwap    Rule = "exchange"
	ByThin    Rule = "thin week"                // unsent in an earlier window, or an evergreen
	ByLifted  Rule = "thin week, limits lifted" // over the limits of sections and authors
)

// The rules that leave a story out, in the order they are asked.
const (
	Dropped     Rule = "dropped by the editor"
	Incomplete  Rule = "no title or link"
	GoneAway    Rule = "gone"
	OutOfRun    Rule = "outside its run"
	NoSource    Rule = "source removed"
	Sponsored   Rule = "sponsored"
	BarredOut   Rule = "barred"
	Embargoed   Rule = "embargoed"
	WrongLang   Rule = "other language"
	AlreadySent Rule = "already mailed"
	NoSection   Rule = "no section"
	OutOfWindow Rule = "outside the window"
	SameEvent   Rule = "same event"
	SectionFull Rule = "section full"
	AuthorFull  Rule = "author full"
	EditionFull Rule = "edition full"
	Offered     Rule = "offered" // came after the editor's last edit
)
