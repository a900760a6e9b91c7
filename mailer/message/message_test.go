package message

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestGoldens holds the bytes of whole messages: a change of one octet is a change
// that readers, signatures and deduplication see.
func TestGoldens(t *testing.T) {
	russian := sample()
	russian.From.Name = "Портовый обозреватель"
	russian.Subject = "Паром вернулся, и ещё три истории для вас на этой неделе"
	textOnly := sample()
	textOnly.HTML = ""
	for name, c := range map[string]struct {
		tmpl Template
		r    Reader
	}{
		"english": {sample(), anna},
		"russian": {russian, Reader{
			Address: "anna@reader.example", Name: "Анна Сёренсен-Длиннофамильная из Санкт-Петербурга",
			MessageID: anna.MessageID, Unsubscribe: anna.Unsubscribe, Preferences: anna.Preferences,
		}},
		"text-only": {textOnly, anna},
		"pictures":  {withPictures(sample(), bytes.Repeat([]byte("\xff\xd8 quay"), 30), []byte("\x89PNG")), anna},
		"letter":    {letter(), Reader{Address: "anna@reader.example", MessageID: "letter-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := spliced(t, c.tmpl, c.r)
			trial.Golden(t, "testdata/"+name+".eml", string(got))
			if s := slow(c.tmpl, c.r); s != string(got) {
				t.Errorf("the slow way differs:\n%s", s)
			}
		})
	}
}

// TestStandardLibraryReadsItBack reads a message with net/mail and mime/multipart.
func TestStandardLibraryReadsItBack(t *testing.T) {
	tmpl := sample()
	m, err := mail.ReadMessage(bytes.NewReader(spliced(t, tmpl, anna)))
	if err != nil {
		t.Fatal(err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || *to[0] != (mail.Address{Name: anna.Name, Address: anna.Address}) {
		t.Errorf("To: %v, %v", to, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ kind, content string }{
		{"text/plain", filled(tmpl, anna, tmpl.Text, false)}, {"text/html", filled(tmpl, anna, tmpl.HTML, true)},
	} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || string(got) != want.content {
			t.Errorf("%s: %v\ngot  %q\nwant %q", want.kind, err, got, want.content)
		}
		if !strings.HasPrefix(p.Header.Get("Content-Type"), want.kind+";") {
			t.Errorf("part is %s, want %s", p.Header.Get("Content-Type"), want.kind)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the HTML: %v, want the end", err)
	}
}

// TestNothingOfUs holds that a message tells neither machine nor program.
func TestNothingOfUs(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	msg := strings.ToLower(string(spliced(t, letter(), anna)))
	for _, word := range []string{"x-mailer", "user-agent", "go-mail", "wneessen", strings.ToLower(host)} {
		if word != "" && strings.Contains(msg, word) {
			t.Errorf("the message holds %q", word)
		}
	}
}

// TestNoReaderSeesAnother splices two readers from one Compiled into one buffer.
func TestNoReaderSeesAnother(t *testing.T) {
	tmpl := sample()
	tmpl.Text = marks.Of(FieldGreeting) + "\n\n" + tmpl.Text
	c := compiled(t, tmpl)
	anna := anna
	anna.Greeting = "Guten Tag, Anna <A>,"
	boris := Reader{
		Address: "boris@other.example", Name: "Борис & Co", MessageID: "b0b0b0b0",
		Unsubscribe: "u-boris-0123456789", Preferences: "p-boris-0123456789",
		Greeting: "Здравствуйте, Борис & Co!",
	}
	buf := make([]byte, 0, c.Size()+valueRoom)
	for _, pair := range [][2]Reader{{anna, boris}, {boris, anna}, {anna, boris}} {
		msg, err := c.Splice(buf[:0], pair[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := slow(tmpl, pair[0]); got != string(msg) {
			t.Errorf("got\n%s\nwant\n%s", msg, got)
		}
		e := decodedAll(t, msg)
		for f := range fields {
			if v := pair[0].value(f); !strings.Contains(e, v) && !strings.Contains(e, htmlEscaper.Replace(v)) {
				t.Errorf("the reader's own %s is missing", f)
			}
			if strings.Contains(e, pair[1].value(f)) || strings.Contains(e, htmlEscaper.Replace(pair[1].value(f))) {
				t.Errorf("the message holds another reader's %s", f)
			}
		}
		if strings.Contains(e, marks.family) {
			t.Error("the message holds a marker")
		}
	}
}

// decodedAll is a message's decoded header and parts in one string.
func decodedAll(t *testing.T, msg []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	all, dec := "", new(mime.WordDecoder)
	for _, values := range m.Header {
		for _, v := range values {
			d, err := dec.DecodeHeader(v)
			if err != nil {
				t.Fatal(err)
			}
			all += d + "\n"
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p) // decodes quoted-printable
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
}

// TestSameBytesAgain: a resend is the same message, and so is one compiled anew or
// read from the store.
func TestSameBytesAgain(t *testing.T) {
	first := compiled(t, sample())
	again := compiled(t, sample())
	stored, err := first.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var read Compiled
	if err := read.UnmarshalBinary(stored); err != nil {
		t.Fatal(err)
	}
	want, err := first.Splice(nil, anna)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*Compiled{"compiled again": again, "read from the store": &read} {
		got, err := c.Splice(nil, anna)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, other bytes", name, err)
		}
		if c.Hash() != first.Hash() || c.Size() != first.Size() {
			t.Errorf("%s: another hash or size", name)
		}
	}
	other := sample()
	other.Subject += "!"
	if compiled(t, other).Hash() == first.Hash() {
		t.Error("another subject gives the same hash")
	}
}

// TestAnonymous: a reader without a name is greeted with the template's word, and
// the To header has the address alone.
func TestAnonymous(t *testing.T) {
	nobody := anna
	nobody.Name = ""
	msg := string(spliced(t, sample(), nobody))
	for _, want := range []string{"Hello =\r\nreader=\r\n,", "To: anna@reader.example\r\n"} {
		if !strings.Contains(msg, want) {
			t.Errorf("%q is missing in\n%s", want, msg)
		}
	}
}

// TestMarkersOfAStranger: text that looks like a marker, or is one of another
// secret, is text.
func TestMarkersOfAStranger(t *testing.T) {
	stranger := NewMarkers([]byte("what a hostile feed might guess"))
	tmpl := sample()
	tmpl.HTML = strings.Replace(tmpl.HTML, "<body>", "<body><a href=\"https://evil.example/"+stranger.Of(FieldUnsubscribe)+"\">x</a>", 1)
	msg := decodedAll(t, spliced(t, tmpl, anna))
	if !strings.Contains(msg, "https://evil.example/"+stranger.Of(FieldUnsubscribe)+"\"") {
		t.Error("the stranger's text was changed")
	}
	if strings.Contains(msg, "evil.example/"+anna.Unsubscribe) {
		t.Error("the stranger got a token")
	}
}

func TestMarkers(t *testing.T) {
	seen := map[string]bool{}
	for f := range fields {
		m := marks.Of(f)
		if m != NewMarkers([]byte("a secret that only tests know ...")).Of(f) {
			t.Errorf("%s: the same secret gives another marker", f)
		}
		if strings.Trim(m, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || len(m) != len("mf")+familyDigits+fieldDigits {
			t.Errorf("%s: %q", f, m)
		}
		if seen[m] || m == NewMarkers([]byte("another")).Of(f) {
			t.Errorf("%s: not its own", f)
		}
		seen[m] = true
	}
	if got := marks.Of(fields) + (Markers{}).Of(FieldName); got != "" {
		t.Errorf("a field that does not exist has the marker %q", got)
	}
}

// TestBuild: a letter is compiled and spliced at once.
func TestBuild(t *testing.T) {
	got, err := Build(letter(), anna)
	if err != nil || string(got) != slow(letter(), anna) {
		t.Errorf("%v:\n%s", err, got)
	}
	bad := letter()
	bad.Subject = ""
	if got, err := Build(bad, anna); err == nil {
		t.Errorf("a letter without a subject: %q", got)
	}
	if _, err := Build(letter(), Reader{}); err == nil {
		t.Error("a letter to nobody")
	}
}
