package message

import (
	"bytes"
	"io"
	"net/mail"
	"strings"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // RFC 2047 words in any charset
	gomail "github.com/emersion/go-message/mail"
	"pgregory.net/rapid"
)

// Generators of what newsrooms and readers write, and of what breaks mailers.
var (
	chars = rapid.SampledFrom([]string{
		"a", "b", "Z", "0", " ", " ", " ", "  ", ".", "=", "=?", "?=", "_", ",", ";", ":", "@", "(", ")", "<", ">", "&", "'", `"`, `\`,
		"é", "Ж", "щ", "ب", "漢", "🎉", "👩‍👩‍👧", "\u00a0", "\u200f", "--", "--=_", "From ", "=3D", "=20", "%", "{{", "mf0123456789ab",
		"supercalifragilisticexpialidocious",
	})
	oneLine  = rapid.Map(rapid.SliceOfN(chars, 0, 60), func(p []string) string { return strings.Join(p, "") })
	shortish = rapid.Map(rapid.SliceOfN(chars, 1, 30), func(p []string) string { return "x" + strings.Join(p, "") })
	token36  = rapid.StringMatching(`[A-Za-z0-9_~-]{1,90}`)
	markup   = rapid.OneOf(chars, rapid.SampledFrom([]string{
		"\n", "\r\n", "\t", "\n.", "\nFrom ", " \n", "\t\n",
		marks.Of(FieldName), marks.Of(FieldName), marks.Of(FieldGreeting), marks.Of(FieldAddress), marks.Of(FieldUnsubscribe), marks.Of(FieldPreferences),
	}))
)

func body(name string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		all := rapid.SliceOfN(markup, 0, 120).Draw(t, name)
		at := rapid.IntRange(0, len(all)).Draw(t, name+" token")
		return "." + strings.Join(all[:at], "") + marks.Of(FieldUnsubscribe) + strings.Join(all[at:], "")
	})
}

var (
	readers = rapid.Custom(func(t *rapid.T) Reader {
		return Reader{
			Address:     rapid.StringMatching(`[a-z0-9+_=-]{1,30}(\.[a-z0-9]{1,20})?@([a-z0-9]{1,30}\.){1,3}example`).Draw(t, "address"),
			Name:        rapid.OneOf(rapid.Just(""), oneLine.Filter(func(s string) bool { return len(s) <= maxName })).Draw(t, "name"),
			MessageID:   token36.Draw(t, "message id"),
			Unsubscribe: token36.Draw(t, "unsubscribe"),
			Preferences: token36.Draw(t, "preferences"),
			Greeting:    oneLine.Filter(func(s string) bool { return len(s) <= maxGreeting }).Draw(t, "greeting"),
		}
	})
	templates = rapid.Custom(func(t *rapid.T) Template {
		tmpl := sample()
		tmpl.From.Name = shortish.Draw(t, "from")
		tmpl.Subject = shortish.Draw(t, "subject")
		tmpl.ListID.Phrase = oneLine.Draw(t, "phrase")
		tmpl.Headers = []Header{{"X-Note", shortish.Draw(t, "header")}}
		tmpl.Anonymous = rapid.SampledFrom([]string{"", "reader", "Лесер & «Leser»"}).Draw(t, "anonymous")
		tmpl.Text = body("text").Draw(t, "text")
		tmpl.HTML = rapid.OneOf(rapid.Just(""), body("html")).Draw(t, "html")
		if tmpl.HTML != "" {
			tmpl = withPictures(tmpl, rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 300), 0, 3).Draw(t, "pictures")...)
		}
		return tmpl
	}).Filter(func(tmpl Template) bool { // random markup makes attributes now and then; names are refused there
		_, err := Compile(tmpl)
		return err == nil || !strings.Contains(err.Error(), "stands in the attribute")
	})
)

// TestSpliceIsTheSlowWay holds the fast way to the slow one, byte for byte and as
// read by a program that neither of them knows.
func TestSpliceIsTheSlowWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tmpl, r := templates.Draw(t, "template"), readers.Draw(t, "reader")
		c, err := Compile(tmpl)
		if err != nil {
			t.Fatal(err)
		}
		fast, err := c.Splice([]byte("before"), r)
		if err != nil {
			t.Fatal(err)
		}
		fast = bytes.TrimPrefix(fast, []byte("before"))
		if want := slow(tmpl, r); string(fast) != want {
			t.Fatalf("fast:\n%q\nslow:\n%q", fast, want)
		}
		checkWire(t, string(fast))
		checkRead(t, fast, tmpl, r)
	})
}

// checkWire holds what the package promises of the octets.
func checkWire(t rapid.TB, msg string) {
	head := true
	for _, line := range strings.Split(strings.TrimSuffix(msg, "\r\n"), "\r\n") {
		head = head && line != ""
		switch {
		case strings.ContainsAny(line, "\r\n") || !ascii(line):
			t.Fatalf("not a line of mail: %q", line)
		case strings.HasPrefix(line, ".") || strings.HasPrefix(line, "From "):
			t.Fatalf("a line that needs stuffing: %q", line)
		case !head && len(line) > 76:
			t.Fatalf("a body line of %d octets: %q", len(line), line)
		case head && strings.TrimSpace(line) == "":
			t.Fatalf("a folded line of nothing: %q", msg)
		case head && len(line) > 78 && strings.Contains(line[1:], " "): // what cannot be folded may be longer
			t.Fatalf("a header line of %d octets: %q", len(line), line)
		case head && strings.Contains(line, "=?UTF-8?") && len(line) > 76:
			t.Fatalf("a line of %d octets with encoded words: %q", len(line), line)
		}
	}
}

// checkRead reads the message with go-message and compares it with the template
// whose markers are replaced by the reader's values.
func checkRead(t rapid.TB, msg []byte, tmpl Template, r Reader) {
	e, err := gomessage.Read(bytes.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	h := gomail.Header{Header: e.Header}
	equal := func(what, got, want string) {
		if got != want {
			t.Fatalf("%s: read %q, want %q", what, got, want)
		}
	}
	subject, err := h.Subject()
	if err != nil {
		t.Fatal(err)
	}
	equal("subject", subject, tmpl.Subject)
	note, err := h.Text("X-Note")
	if err != nil {
		t.Fatal(err)
	}
	equal("X-Note", note, tmpl.Headers[0].Value)
	for field, want := range map[string]mail.Address{"From": tmpl.From, "To": {Name: r.Name, Address: r.Address}} {
		list, err := h.AddressList(field)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %v in %q", field, err, msg)
		}
		equal(field+" name", list[0].Name, want.Name)
		equal(field+" address", list[0].Address, want.Address)
	}
	id, err := h.MessageID()
	if err != nil {
		t.Fatal(err)
	}
	equal("message id", id, r.MessageID+"@"+tmpl.MessageIDDomain)
	if date, err := h.Date(); err != nil || !date.Equal(tmpl.Date.Truncate(time.Second)) {
		t.Fatalf("date: %v, %v", date, err)
	}
	got := contents(t, e)
	equal("text", got["text/plain"], filled(tmpl, r, tmpl.Text, false))
	if tmpl.HTML != "" {
		equal("html", got["text/html"], filled(tmpl, r, tmpl.HTML, true))
	}
	for _, p := range tmpl.Inline {
		equal("picture "+p.ID, got["<"+p.ID+">"], string(p.Bytes))
	}
}

// contents reads each part's decoded content: of text by its type, of a picture by
// its Content-ID.
func contents(t rapid.TB, e *gomessage.Entity) map[string]string {
	got := map[string]string{}
	err := e.Walk(func(_ []int, e *gomessage.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, params, err := e.Header.ContentType()
		if err != nil || strings.HasPrefix(kind, "multipart/") {
			return err
		}
		b, err := io.ReadAll(e.Body)
		name := kind
		switch id := e.Header.Get("Content-ID"); {
		case id != "":
			name = id
		case params["charset"] != "UTF-8":
			t.Fatalf("part %s: %v", kind, params)
		}
		if _, twice := got[name]; twice {
			t.Fatalf("part %s is there twice", name)
		}
		got[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// filled is what a reader must see of a part.
func filled(tmpl Template, r Reader, content string, isHTML bool) string {
	value := func(v string) string {
		if isHTML {
			return htmlEscaper.Replace(v)
		}
		return v
	}
	name := r.Name
	if name == "" {
		name = tmpl.Anonymous
	}
	if tmpl.HTML == "" && !strings.HasSuffix(content, "\n") {
		content += "\n" // a message ends with a line end on the wire
	}
	content = strings.NewReplacer(
		marks.Of(FieldName), value(name), marks.Of(FieldGreeting), value(r.Greeting), marks.Of(FieldAddress), value(r.Address),
		marks.Of(FieldUnsubscribe), r.Unsubscribe, marks.Of(FieldPreferences), r.Preferences,
	).Replace(content)
	return strings.ReplaceAll(strings.ReplaceAll(content, "\r\n", "\n"), "\n", "\r\n")
}
