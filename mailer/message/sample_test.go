package message

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"
)

// marks are the markers of the tests.
var marks = NewMarkers([]byte("a secret that only tests know ..."))

// anna is the reader of most tests.
var anna = Reader{
	Address:     "anna@reader.example",
	Name:        "Anna Sørensen",
	MessageID:   "5f2c9e1ab7d04c6688f0a1b2",
	Unsubscribe: "u-7Qx1aZ9kTt2vB4nM6pLc8w",
	Preferences: "p-3Hd8sK1mWq5yR7tU9oXe2g",
}

const sampleLink = "https://news.harbour-observer.example/u/"

// sample is an edition in small, with every merge field a theme uses.
func sample() Template {
	unsubscribe := sampleLink + marks.Of(FieldUnsubscribe)
	preferences := "https://news.harbour-observer.example/p/" + marks.Of(FieldPreferences)
	name := marks.Of(FieldName)
	return Template{
		Markers:           marks,
		From:              mail.Address{Name: "The Harbour Observer", Address: "weekly@harbour-observer.example"},
		ReplyTo:           mail.Address{Address: "editors@harbour-observer.example"},
		Subject:           "The ferry is back, and three more stories",
		Date:              time.Date(2026, 11, 27, 9, 0, 0, 0, time.FixedZone("CET", 3600)),
		MessageIDDomain:   "harbour-observer.example",
		ListID:            ListID{Phrase: "The Harbour Observer weekly", ID: "weekly.harbour-observer.example"},
		UnsubscribeURL:    unsubscribe,
		UnsubscribeMailto: "mailto:unsubscribe+" + marks.Of(FieldUnsubscribe) + "@harbour-observer.example",
		ArchiveURL:        "https://news.harbour-observer.example/weekly/archive",
		HelpURL:           "https://news.harbour-observer.example/help",
		FeedbackID:        "2026-11-27:weekly:list:observer",
		Headers:           []Header{{"X-Broadsheet-Edition", "weekly/2026-11-27T09:00"}},
		Anonymous:         "reader",
		Text: "Hello " + name + ",\n\nThe ferry is back = and so are the gulls.\n.dots at the start\n\n" +
			"From here on it is weather.\n" +
			"Unsubscribe: " + unsubscribe + "\nPreferences: " + preferences + "\nSent to " + marks.Of(FieldAddress) + "\n",
		HTML: "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>The ferry</title></head>\n" +
			"<body><p>Hello " + name + ",</p>\n<p>The ferry is back = and so are the gulls. " +
			strings.Repeat("A long line of news, «unbroken», about the harbour. ", 8) + "</p>\n" +
			"<p><a href=\"" + unsubscribe + "\">Unsubscribe</a> <a href=\"" + preferences + "\">Preferences</a></p></body></html>\n",
	}
}

// letter is a mail to one person.
func letter() Template {
	return Template{
		Kind:            KindLetter,
		Markers:         marks,
		From:            mail.Address{Name: "The Harbour Observer", Address: "weekly@harbour-observer.example"},
		Subject:         "Please confirm",
		Date:            time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC),
		MessageIDDomain: "harbour-observer.example",
		AutoSubmitted:   "auto-generated",
		Text:            "Hello,\n\nplease confirm.",
	}
}

func compiled(t testing.TB, tmpl Template) *Compiled {
	t.Helper()
	c, err := Compile(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func spliced(t testing.TB, tmpl Template, r Reader) []byte {
	t.Helper()
	b, err := compiled(t, tmpl).Splice(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withPictures puts pictures into a template and its HTML.
func withPictures(tmpl Template, contents ...[]byte) Template {
	for i, content := range contents {
		p := Inline{ID: fmt.Sprintf("5f2c9e1a%d@picture", i), Type: []string{"image/jpeg", "image/png"}[i%2], Bytes: content}
		tmpl.Inline = append(tmpl.Inline, p)
		tmpl.HTML += `<img src="cid:` + p.ID + `" alt="A quay" width="600" height="400">` + "\n"
	}
	return tmpl
}
