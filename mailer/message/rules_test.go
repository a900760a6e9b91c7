package message

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// rule is one demand on a mailing's message, and whose it is. It says what is wrong.
type rule struct {
	of     string
	broken func(m received) string
}

// received is a message as a receiver reads it.
type received struct {
	head, body string
	header     mail.Header
	parts      []textPart
	reader     Reader
}

type textPart struct{ kind, charset, encoding, content string }

func receive(t *testing.T, msg []byte, r Reader) received {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(msg)))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(msg), "\r\n\r\n")
	got := received{head: head, body: body, header: m.Header, reader: r}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		got.parts = append(got.parts, textPart{kind, params["charset"], p.Header.Get("Content-Transfer-Encoding"), string(content)})
	}
}

// unfolded lists the fields of the header, name and value.
func (m received) unfolded() [][2]string {
	var all [][2]string
	for line := range strings.SplitSeq(strings.ReplaceAll(m.head, "\r\n ", " "), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		all = append(all, [2]string{name, strings.TrimSpace(value)})
	}
	return all
}

// when is broken's answer: what, where it is so.
func when(broken bool, what string) string {
	if broken {
		return what
	}
	return ""
}

// matches makes a rule of a field's form.
func matches(of, field, form string) rule {
	pattern := regexp.MustCompile("^(?:" + form + ")$")
	return rule{of, func(m received) string {
		value := m.header.Get(field)
		return when(!pattern.MatchString(value), field+": "+value)
	}}
}

var rules = []rule{
	{"RFC 5322 2.1.1: 78 octets of a line, 998 at most", func(m received) string {
		for line := range strings.SplitSeq(m.head, "\r\n") {
			if len(line) > maxLine {
				return line
			}
		}
		for line := range strings.SplitSeq(m.body, "\r\n") {
			if len(line) > 76 { // RFC 2045 6.7 (5)
				return line
			}
		}
		return ""
	}},
	{"RFC 5322 2.2: a header of ASCII", func(m received) string { return when(!ascii(m.head), "an octet above ASCII") }},
	{"RFC 5322 3.6: these once", func(m received) string {
		for _, name := range []string{"Date", "From", "To", "Message-Id", "Subject", "Mime-Version", "Content-Type", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-Id"} {
			if len(m.header[name]) != 1 {
				return name
			}
		}
		return ""
	}},
	{"RFC 5322 3.6: the others once at most", func(m received) string {
		for name, values := range m.header {
			if len(values) > 1 && name != "Dkim-Signature" {
				return name
			}
		}
		return ""
	}},
	{"RFC 5322 3.3: a date with its zone", func(m received) string {
		_, err := time.Parse(time.RFC1123Z, m.header.Get("Date"))
		return when(err != nil, m.header.Get("Date"))
	}},
	matches("RFC 5322 3.6.4, and of our domain", "Message-ID", `<[A-Za-z0-9-]+@harbour-observer\.example>`),
	{"RFC 2047 2: encoded words of 75, on lines of 76", func(m received) string {
		for line := range strings.SplitSeq(m.head, "\r\n") {
			for _, word := range regexp.MustCompile(`=\?[^?]+\?[BQ]\?[^?]*\?=`).FindAllString(line, -1) {
				if len(word) > 75 || len(line) > 76 {
					return line
				}
			}
		}
		return ""
	}},
	{"Gmail: one author, by name, who can be answered", func(m received) string {
		from, err := m.header.AddressList("From")
		return when(err != nil || len(from) != 1 || from[0].Name == "" || strings.Contains(from[0].Name, "@") || strings.HasPrefix(from[0].Address, "no"), m.header.Get("From"))
	}},
	{"Gmail: no false Re: or Fwd:", func(m received) string {
		return when(regexp.MustCompile(`(?i)^(re|fwd?):`).MatchString(m.header.Get("Subject")), m.header.Get("Subject"))
	}},
	matches("RFC 2045 4", "MIME-Version", `1\.0`),
	{"RFC 2046 5.1.4: text first, then HTML; UTF-8, quoted-printable", func(m received) string {
		if len(m.parts) != 2 || m.parts[0].kind != "text/plain" || m.parts[1].kind != "text/html" || !strings.HasPrefix(m.header.Get("Content-Type"), "multipart/alternative;") {
			return m.header.Get("Content-Type")
		}
		for _, p := range m.parts {
			if p.charset != "UTF-8" || p.encoding != "quoted-printable" {
				return p.kind + " " + p.charset + " " + p.encoding
			}
		}
		return ""
	}},
	matches("RFC 2369 2, RFC 8058 3.1: https, and mailto for the old; without the reader's address", "List-Unsubscribe",
		`<https://news\.harbour-observer\.example/u/u-7Qx1aZ9kTt2vB4nM6pLc8w>, <mailto:unsubscribe\+u-7Qx1aZ9kTt2vB4nM6pLc8w@harbour-observer\.example>`),
	matches("RFC 8058 3.1", "List-Unsubscribe-Post", `List-Unsubscribe=One-Click`),
	{"RFC 8058 4, Gmail, Yahoo, Outlook.com: a signature of our domain over all that matters", func(m received) string {
		signature := strings.Join(strings.Fields(m.header.Get("Dkim-Signature")), "")
		_, list, _ := strings.Cut(signature, ";h=")
		list, _, _ = strings.Cut(list, ";")
		covered := strings.Split(list, ":")
		for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"} {
			if !slices.Contains(covered, name) {
				return name
			}
		}
		return when(!strings.Contains(signature, ";d=harbour-observer.example;") || strings.Contains(signature, ";l="), signature)
	}},
	matches("RFC 2919 3", "List-Id", `.* <[a-z0-9-]+(\.[a-z0-9-]+)+>`),
	matches("RFC 2369 3.6", "List-Archive", `<https://[^ ]+>`),
	matches("RFC 2369 3.1", "List-Help", `<https://[^ ]+>`),
	matches("RFC 2369 3.4: nobody writes to the list", "List-Post", "NO"),
	matches("Gmail: three of ours and the sender", "Feedback-ID", `[^: ]*:[^: ]*:[^: ]*:[A-Za-z0-9._-]{5,15}`),
	{"nothing of program, machine or another's business", func(m received) string {
		for _, f := range m.unfolded() {
			switch strings.ToLower(f[0]) {
			case "x-mailer", "user-agent", "precedence", "received", "return-path", "sender", "bcc", "x-priority", "x-originating-ip", "errors-to":
				return f[0]
			}
		}
		return ""
	}},
	{"the reader's address in To alone", func(m received) string {
		for _, f := range m.unfolded() {
			if f[0] != "To" && strings.Contains(f[1], m.reader.Address) {
				return f[0]
			}
		}
		return ""
	}},
}

// TestRules holds messages of several scripts, signed by two keys, to each demand
// of the standards and of those who receive most of the world's mail.
func TestRules(t *testing.T) {
	keys := signer(t, testKey(t, "rsa"), testKey(t, "ed25519"))
	for script, c := range map[string]struct{ from, subject, name string }{
		"english": {"The Harbour Observer", "The ferry is back, and three more stories for the end of the week, which is long", "Anna Doe, \"the pen\""},
		"russian": {"Портовый обозреватель", "Паром вернулся, и ещё три истории для вас на этой неделе", "Анна Сёренсен-Длиннофамильная из Санкт-Петербурга"},
		"arabic":  {"مراقب الميناء", "عادت العبّارة، وثلاث قصص أخرى لهذا الأسبوع", "بدر الدين عبد الرحمن بن محمد"},
	} {
		tmpl, r := sample(), anna
		tmpl.From.Name, tmpl.Subject, r.Name, tmpl.ListID.Phrase = c.from, c.subject, c.name, c.from
		signed, err := keys.Sign(nil, spliced(t, tmpl, r))
		if err != nil {
			t.Fatal(err)
		}
		m := receive(t, signed, r)
		for _, rule := range rules {
			if broken := rule.broken(m); broken != "" {
				t.Errorf("%s: %s: %s", script, rule.of, broken)
			}
		}
	}
}

// TestLettersAreNoList: a mail to one person carries nothing of a list's, and says
// where a program wrote it (RFC 3834 5).
func TestLettersAreNoList(t *testing.T) {
	m, err := mail.ReadMessage(strings.NewReader(string(spliced(t, letter(), anna))))
	if err != nil {
		t.Fatal(err)
	}
	for name := range m.Header {
		if strings.HasPrefix(name, "List-") || name == "Feedback-Id" {
			t.Errorf("a letter has %s", name)
		}
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Error("a letter does not say that a program wrote it")
	}
}
