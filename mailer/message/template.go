package message

import (
	"net/mail"
	"time"
)

// Kind says what a message is to its reader.
type Kind uint8

// The kinds.
const (
	KindList   Kind = iota // an edition: carries the headers of a mailing list
	KindLetter             // a mail to one person: carries none of them
)

// Template is everything of a message that is the same for all readers of a
// variant. Text fields are UTF-8. No header may hold a line break or any other
// control character, nor a marker where none is allowed.
type Template struct {
	Kind    Kind
	Markers Markers

	From            mail.Address // with a display name; the address is ASCII (an international domain is converted)
	ReplyTo         mail.Address // optional: zero for none
	Subject         string
	Date            time.Time // start of the mailing, in the newsletter's time zone
	MessageIDDomain string    // right side of the Message-ID

	// For KindList, required but where said otherwise; empty for KindLetter.
	ListID            ListID
	UnsubscribeURL    string // https, holds the marker of FieldUnsubscribe (RFC 8058)
	UnsubscribeMailto string // "mailto:...", may hold the marker; optional
	ArchiveURL        string // List-Archive (RFC 2369 3.6); optional
	HelpURL           string // List-Help (RFC 2369 3.1); optional
	FeedbackID        string // "a:b:c:sender", the sender of 5 to 15 characters (Gmail's feedback loop); optional

	AutoSubmitted string   // RFC 3834 5: "auto-generated" for notices; optional
	Headers       []Header // further header fields, written as given and in this order; optional

	Text      string   // with markers; a line break is LF or CRLF
	HTML      string   // with markers; empty for a message of text alone
	Inline    []Inline // pictures that the HTML shows, in the order of their parts; optional
	Anonymous string   // stands for FieldName in text and HTML where a reader has no name: "reader"; optional
}

// ListID names the list (RFC 2919): ID is like "weekly.harbour-observer.example",
// Phrase says it to people and may be empty.
type ListID struct {
	Phrase string
	ID     string
}

// Header is one further header field.
type Header struct {
	Name  string
	Value string
}
