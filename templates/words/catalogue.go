package words

// Catalogue is a language. Values may hold places such as {title}, which [Fill]
// fills; en.yaml says which. Every key must be there in every language.
type Catalogue struct {
	Language string `yaml:"language"` // BCP 47: "en"
	Dir      string `yaml:"dir"`      // "ltr" or "rtl"
	Name     string `yaml:"name"`     // in the language itself

	// Dates. Months stand in the case that a date wants (in Russian the genitive).
	Weekdays []string `yaml:"weekdays"` // from Sunday
	Months   []string `yaml:"months"`
	FullDate string   `yaml:"date"`  // {weekday} {day} {month} {year}
	ShortDay string   `yaml:"day"`   // {day} {month}
	First    string   `yaml:"first"` // the first of a month: "1er" in French

	// Lists and counts.
	And     string `yaml:"and"`   // the last two of a list: {a} and {b}
	Comma   string `yaml:"comma"` // between the others
	Minutes Forms  `yaml:"minutes"`
	Stories Forms  `yaml:"stories"`

	// The mail.
	Greeting      string `yaml:"greeting"`
	By            string `yaml:"by"`
	Also          string `yaml:"also"`
	AlsoMore      Forms  `yaml:"also_more"` // of the list that Also heads: what a mail leaves out of it
	Correction    string `yaml:"correction"`
	Corrections   string `yaml:"corrections"`
	EditionOf     string `yaml:"edition_of"` // {date}
	Sponsored     string `yaml:"sponsored"`
	Advertisement string `yaml:"advertisement"`
	Once          string `yaml:"once"` // {amount}, as the next two
	Monthly       string `yaml:"monthly"`
	Annual        string `yaml:"annual"`
	AppealHide    string `yaml:"appeal_hide"`
	ReadWeb       string `yaml:"read_web"`
	Contents      string `yaml:"contents"`
	ShortenedText string `yaml:"shortened"`
	ReadOn        string `yaml:"read_on"`
	Because       string `yaml:"because"`
	Unsubscribe   string `yaml:"unsubscribe"`
	Preferences   string `yaml:"preferences"`
	Privacy       string `yaml:"privacy"`
	Contact       string `yaml:"contact"`
	Visit         string `yaml:"visit"`
	Draft         string `yaml:"draft"`
	Mail          string `yaml:"mail"` // what the whole is, for those who hear it

	// The sign-up page.
	SubscribeTitle  string `yaml:"subscribe_title"`
	SubscribeText   string `yaml:"subscribe_text"`
	SubscribeButton string `yaml:"subscribe_button"`
	Email           string `yaml:"email"`
	NameLabel       string `yaml:"name_label"`
	Choose          string `yaml:"choose"`
	ProblemAddress  string `yaml:"problem_address"`
	ProblemChoice   string `yaml:"problem_choice"`
	ProblemLimit    string `yaml:"problem_limit"`
	ProblemDay      string `yaml:"problem_day"`
	Promise         string `yaml:"promise"`
	Agree           string `yaml:"agree"` // {privacy}: agree_link, as a link
	AgreeLink       string `yaml:"agree_link"`
	Preview         string `yaml:"preview"`
	EmbedTitle      string `yaml:"embed_title"`
	EmbedText       string `yaml:"embed_text"`

	// After a sign-up.
	CheckTitle string `yaml:"check_title"`
	CheckText  string `yaml:"check_text"`
	CheckHint  string `yaml:"check_hint"`

	// The confirmation.
	ConfirmTitle   string `yaml:"confirm_title"`
	ConfirmText    string `yaml:"confirm_text"`
	ConfirmButton  string `yaml:"confirm_button"`
	ConfirmedTitle string `yaml:"confirmed_title"`
	ConfirmedText  string `yaml:"confirmed_text"`

	// Leaving, and coming back.
	UnsubscribeTitle  string `yaml:"unsubscribe_title"`
	UnsubscribeText   string `yaml:"unsubscribe_text"`
	UnsubscribeButton string `yaml:"unsubscribe_button"`
	UnsubscribedTitle string `yaml:"unsubscribed_title"`
	UnsubscribedText  string `yaml:"unsubscribed_text"`
	UndoText          string `yaml:"undo_text"`
	UndoButton        string `yaml:"undo_button"`
	ReturnTitle       string `yaml:"return_title"`
	ReturnText        string `yaml:"return_text"`

	// Preferences.
	PreferencesTitle string `yaml:"preferences_title"`
	PreferencesText  string `yaml:"preferences_text"`
	Format           string `yaml:"format"`
	FormatDigest     string `yaml:"format_digest"`
	FormatFull       string `yaml:"format_full"`
	FormatText       string `yaml:"format_text"`
	FormatPrivate    string `yaml:"format_private"`
	Save             string `yaml:"save"`
	Saved            string `yaml:"saved"`
	Pause            string `yaml:"pause"`
	PauseNone        string `yaml:"pause_none"`
	PauseWeeks       Forms  `yaml:"pause_weeks"` // {n} weeks
	PauseUntil       string `yaml:"pause_until"` // {date}
	PauseDay         string `yaml:"pause_day"`
	YourData         string `yaml:"your_data"`

	// A copy of one's data, and erasure.
	ExportTitle   string `yaml:"export_title"`
	ExportText    string `yaml:"export_text"`
	ExportButton  string `yaml:"export_button"`
	ExportedTitle string `yaml:"exported_title"`
	ExportedText  string `yaml:"exported_text"`
	EraseTitle    string `yaml:"erase_title"`
	EraseText     string `yaml:"erase_text"`
	EraseNever    string `yaml:"erase_never"`
	EraseButton   string `yaml:"erase_button"`
	ErasedTitle   string `yaml:"erased_title"`
	ErasedText    string `yaml:"erased_text"`
	ErasedKept    string `yaml:"erased_kept"`
	ErasedLast    string `yaml:"erased_last"`

	// Hiding the appeal for support.
	AppealTitle  string `yaml:"appeal_title"`
	AppealText   string `yaml:"appeal_text"`
	AppealLater  Forms  `yaml:"appeal_later"` // {n} weeks
	AppealNever  string `yaml:"appeal_never"`
	AppealShow   string `yaml:"appeal_show"`
	AppealUntil  string `yaml:"appeal_until"` // {date}
	AppealHidden string `yaml:"appeal_hidden"`

	// The archive.
	ArchiveTitle string `yaml:"archive_title"`
	ArchiveEmpty string `yaml:"archive_empty"`
	ArchiveLink  string `yaml:"archive_link"`
	Feed         string `yaml:"feed"`

	// Pages that say no.
	DetourTitle   string `yaml:"detour_title"`
	DetourText    string `yaml:"detour_text"`
	DetourStory   string `yaml:"detour_story"`
	NotfoundTitle string `yaml:"notfound_title"`
	NotfoundText  string `yaml:"notfound_text"`
	ExpiredTitle  string `yaml:"expired_title"`
	ExpiredText   string `yaml:"expired_text"`
	ErrorTitle    string `yaml:"error_title"`
	ErrorText     string `yaml:"error_text"`

	// Letters to one person.
	ConfirmationSubject string `yaml:"confirmation_subject"`
	ConfirmationText    string `yaml:"confirmation_text"`
	ConfirmationButton  string `yaml:"confirmation_button"`
	ConfirmationIgnore  string `yaml:"confirmation_ignore"`
	GoodbyeSubject      string `yaml:"goodbye_subject"`
	GoodbyeText         string `yaml:"goodbye_text"`
	GoodbyeUndo         string `yaml:"goodbye_undo"` // {n} days
	WelcomeSubject      string `yaml:"welcome_subject"`
	WelcomeText         string `yaml:"welcome_text"`
	WelcomeLatest       string `yaml:"welcome_latest"`
	ExportSubject       string `yaml:"export_subject"`
	ExportMail          string `yaml:"export_mail"`
	ErasedSubject       string `yaml:"erased_subject"`
	ErasedMail          string `yaml:"erased_mail"`
}
