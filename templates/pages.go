package templates

import "time"

// Site is what every readers' page shares.
type Site struct {
	Look       Look
	Language   string // BCP 47
	Stylesheet string // address of Stylesheet's bytes: "/assets/" + NameStylesheet
	Home       string // the newsroom's site; may be empty
	Subscribe  string // address of the sign-up page; may be empty
	Archive    string // may be empty
	Privacy    string // may be empty
}

// Page is one of the page types below.
type Page interface {
	partial() string
	title(*pageView) string
}

// Form is where a page's button posts to. Hidden values go along.
type Form struct {
	Action string
	Hidden []Hidden
}

// Hidden is a value that a form carries unseen.
type Hidden struct{ Name, Value string }

// Option is a newsletter to choose. It is posted as newsletter=Name.
type Option struct {
	Name  string // in the configuration
	Title string
	About string
	On    bool
}

// The pages.
type (
	// SubscribePage asks for "email" (and "name", if AskName), and, where there
	// are two or more, for newsletters.
	SubscribePage struct {
		Form        Form
		Newsletters []Option
		AskName     bool
		Formats     []Variant // to choose from; fewer than two: there is no choice
		Format      Variant   // the one that is chosen
		Email, Name string    // as typed, when the page comes back
		Problem     Problem
		Preview     string // address of the latest edition; empty: there is none yet
		Work        *Work  // nil: the browser is asked for none
	}
	// EmbedPage shows the sign-up form of a newsletter as HTML to put into a page
	// elsewhere. Action is the whole address that it posts to.
	EmbedPage struct{ Action, Newsletter string }
	// PrivacyPage is the newsroom's privacy policy.
	PrivacyPage struct{ Markdown string }
	// CheckMailPage follows every sign-up, whether the address was known or not.
	CheckMailPage struct{}
	// ConfirmPage shows the button that the confirmation's link leads to.
	ConfirmPage struct {
		Form        Form
		Newsletters []string
	}
	// ConfirmedPage says that the subscription stands.
	ConfirmedPage struct{ Newsletters []string }
	// UnsubscribePage shows a button: a GET must change nothing, since scanners
	// follow links.
	UnsubscribePage struct {
		Form        Form
		Newsletter  string
		Preferences string // address of the PreferencesPage; may be empty
	}
	// UnsubscribedPage offers a way back. Undo with an empty Action offers none.
	UnsubscribedPage struct {
		Newsletter string
		Undo       Form
	}
	// ReturnPage shows the button that the goodbye's link leads to.
	ReturnPage struct {
		Form       Form
		Newsletter string
	}
	// PreferencesPage posts newsletter (several), format, the name of a variant, pause and day
	// (see PauseChoice), and appeal (see AppealChoice).
	PreferencesPage struct {
		Form        Form
		Newsletters []Option
		Formats     []Variant // as SubscribePage has them
		Format      Variant
		Pause       PauseChoice
		Appeal      *AppealChoice // nil: there is no appeal to hide
		Export      string        // address of the ExportPage; may be empty
		Erase       string        // address of the ErasePage; may be empty
		Saved       bool
		Problem     Problem // BadDay, or none
	}
	// ExportPage shows the button that has a reader's data mailed to them.
	ExportPage struct{ Form Form }
	// ExportedPage says that they are on their way.
	ExportedPage struct{}
	// ErasePage shows the button that deletes a reader. It posts never=1 where the
	// address is never to be mailed again.
	ErasePage struct{ Form Form }
	// ErasedPage says that it is done, whether a mail will say so, too, and what is kept
	// where the address is never to be mailed again.
	ErasedPage struct{ Mailed, Never bool }
	// AppealPage lets a reader hide the appeal for support, or show it again. It posts
	// appeal (see AppealChoice).
	AppealPage struct {
		Form   Form
		Choice AppealChoice
		Saved  bool
	}
	// ArchivePage lists editions, newest first.
	ArchivePage struct {
		Editions []ArchiveEntry
		Feed     string // address of the Atom feed; may be empty
	}
	// NotFoundPage is for an address that leads nowhere.
	NotFoundPage struct{}
	// ExpiredPage is for a token that is too old or not ours.
	ExpiredPage struct{}
	// ErrorPage is for a fault of ours.
	ErrorPage struct{}
)

// AppealChoice is what a reader said to the appeal for support. A form posts it as
// "show", "later" (for Weeks), "never", or "until": as it is.
type AppealChoice struct {
	Weeks int    // for which "later" hides it
	Until Moment // in the newsletter's zone; zero: it is not hidden, or Never
	Never bool
}

// PauseChoice is a reader's pause. A form posts it as "none", as "until": as it is, or
// as a number of weeks; and as day, which goes before them, the day when it ends.
type PauseChoice struct {
	Until       Moment // in the newsletter's zone; zero: there is none
	Weeks       []int  // to choose from
	First, Last string // the days to choose from, "2026-11-28"
}

// Work is what a browser is asked to do before it signs an address up.
type Work struct {
	Challenge string
	Bits      int
	Script    string // address of the script that does it
}

// Hidden tells whether the reader does not see it now.
func (c AppealChoice) Hidden() bool { return c.Never || !c.Until.IsZero() }

// Moment is a time that a partial can do nothing with: of a time.Time it could ask
// for a text of any length.
type Moment time.Time

// IsZero tells whether there is none.
func (m Moment) IsZero() bool { return time.Time(m).IsZero() }

// ArchiveEntry is an edition in the archive.
type ArchiveEntry struct {
	Subject string
	URL     string
	At      time.Time // in the newsletter's zone
	Stories int
}

// Problem says, in words of the catalogue, what a form lacks.
type Problem string

// The problems.
const (
	NoProblem   Problem = ""
	BadAddress  Problem = "address"
	NoneChosen  Problem = "choice"
	TooManyAsks Problem = "limit"
	BadDay      Problem = "day"
)

func (SubscribePage) partial() string    { return "subscribe" }
func (EmbedPage) partial() string        { return "embed" }
func (PrivacyPage) partial() string      { return "privacy" }
func (ExportPage) partial() string       { return "export" }
func (ExportedPage) partial() string     { return "exported" }
func (ErasePage) partial() string        { return "erase" }
func (ErasedPage) partial() string       { return "erased" }
func (CheckMailPage) partial() string    { return "checkmail" }
func (ConfirmPage) partial() string      { return "confirm" }
func (ConfirmedPage) partial() string    { return "confirmed" }
func (UnsubscribePage) partial() string  { return "unsubscribe" }
func (UnsubscribedPage) partial() string { return "unsubscribed" }
func (ReturnPage) partial() string       { return "return" }
func (PreferencesPage) partial() string  { return "preferences" }
func (AppealPage) partial() string       { return "appeal" }
func (ArchivePage) partial() string      { return "archive" }
func (NotFoundPage) partial() string     { return "notfound" }
func (ExpiredPage) partial() string      { return "expired" }
func (ErrorPage) partial() string        { return "error" }
