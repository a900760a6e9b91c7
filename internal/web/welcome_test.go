package web

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// bodies are the parts of a mail that are text, by their type, and how many there are of
// others.
func bodies(t *testing.T, raw []byte) (texts map[string]string, others int) {
	t.Helper()
	texts = map[string]string{}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	var walk func(kind string, body io.Reader)
	walk = func(kind string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		must(t, err)
		switch {
		case strings.HasPrefix(media, "multipart/"):
			for parts := multipart.NewReader(body, params["boundary"]); ; {
				part, err := parts.NextRawPart()
				if err == io.EOF {
					return
				}
				must(t, err)
				walk(part.Header.Get("Content-Type"), part)
			}
		case strings.HasPrefix(media, "text/"):
			text, err := io.ReadAll(quotedprintable.NewReader(body))
			must(t, err)
			texts[media] = string(text)
		default:
			others++
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	return texts, others
}

// welcoming is a newsroom that welcomes, with an edition sent.
func welcoming(t *testing.T, change func(*config.Newsletter)) *room {
	t.Helper()
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[0].Welcome = true
		if change != nil {
			change(&c.Newsletters[0])
		}
		return nil
	})
	r.draft()
	r.approve()
	r.send()
	return r
}

// confirmed has somebody sign up and confirm, and is the mails that they got.
func (r *room) confirmed(format templates.Variant) [][]byte {
	r.t.Helper()
	must(r.t, r.SignUp(r.t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: newcomer, Format: format}))
	must(r.t, r.SendLetters(r.t.Context()))
	path := newsroom.PathConfirm + "weekly/" + r.token(subscribers.Confirm, "weekly", newcomer)
	want(r.t, r.get(path), http.StatusOK)
	for range 2 {
		want(r.t, r.form(path, ""), http.StatusOK)
		must(r.t, r.SendLetters(r.t.Context()))
	}
	return r.post.each(newcomer)
}

// TestWelcome: who confirms is welcomed once, by the latest edition in the form that they
// chose, with links of their own; who is imported or added is not.
func TestWelcome(t *testing.T) {
	for _, c := range []struct {
		format templates.Variant
		html   bool
	}{{templates.Digest, true}, {templates.TextOnly, false}, {templates.Private, true}} {
		t.Run(string(c.format), func(t *testing.T) {
			r := welcoming(t, func(l *config.Newsletter) {
				l.Greeting, l.FeedbackSender = true, "observer"
				l.Formats = []templates.Variant{templates.Digest, templates.TextOnly, templates.Private}
			})
			mails := r.confirmed(c.format)
			if len(mails) != 2 {
				t.Fatalf("%d mails, want a confirmation and a welcome", len(mails))
			}
			m, err := mail.ReadMessage(bytes.NewReader(mails[1]))
			must(t, err)
			for field, value := range map[string]string{
				"Subject": "Welcome to The Friday letter", "Auto-Submitted": "auto-generated", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			} {
				if got := m.Header.Get(field); got != value {
					t.Errorf("%s: %q, want %q", field, got, value)
				}
			}
			texts, others := bodies(t, mails[1])
			if (texts["text/html"] != "") != c.html || (others > 0) != (c.format == templates.Private) {
				t.Errorf("it has HTML: %t, and %d other parts", texts["text/html"] != "", others)
			}
			leave := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", newcomer)
			for kind, text := range texts {
				flat := strings.Join(strings.Fields(text), " ")
				for _, held := range []string{
					"You are subscribed to The Friday letter.", "Until then, this is the latest:", "Harbour bridge to close for six months",
					"Fish market moves indoors", leave, webRef,
				} {
					if !strings.Contains(flat, held) {
						t.Errorf("%s lacks %q: %s", kind, held, text)
					}
				}
				if strings.Contains(flat, "Keep the lamp lit") {
					t.Errorf("%s asks for money on the first day", kind)
				}
				for _, other := range []string{ada, ben} {
					if s := subscribers.ID(r.reader(other).ID); strings.Contains(text, r.Keys.Token(subscribers.Unsubscribe, "weekly", s, 0)) {
						t.Errorf("%s has the link of another reader", kind)
					}
				}
			}
			if got := oneClick(t, r, newcomer); got != leave {
				t.Errorf("List-Unsubscribe: %s, want %s", got, leave)
			}
			if r.post.count(ada) != 1 { // the edition
				t.Error("an added reader was welcomed")
			}
			found, err := r.Find(t.Context(), newcomer)
			must(t, err)
			if got := found.Ties[0].Welcome; got != ref {
				t.Errorf("welcomed with %q", got)
			}
		})
	}
}

// TestWelcomeByLetter: without an edition that can be carried the welcome is a letter, and
// where the newsletter welcomes nobody there is none.
func TestWelcomeByLetter(t *testing.T) {
	for name, c := range map[string]struct {
		welcome, sent bool
		mails         int
		link          string
	}{
		"no edition yet":           {true, false, 2, ""},
		"one of before":            {true, true, 2, webRef},
		"a newsletter that is not": {false, true, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, Options{})
			if c.sent { // frozen while nobody was welcomed
				r.draft()
				r.approve()
				r.send()
			}
			r.Config.Newsletters[0].Welcome = c.welcome
			mails := r.confirmed("")
			if len(mails) != c.mails {
				t.Fatalf("%d mails, want %d", len(mails), c.mails)
			}
			if c.mails == 1 {
				return
			}
			texts, _ := bodies(t, mails[1])
			if text := texts["text/plain"]; !strings.Contains(text, "You are subscribed to The Friday letter.") || strings.Contains(text, webRef) != (c.link != "") {
				t.Errorf("%s", text)
			}
			if bytes.Contains(mails[1], []byte("List-Id")) {
				t.Error("a letter says that it is a list's")
			}
		})
	}
}

// TestWelcomeOnce: who confirms before the mailing gets the edition of the mailing, once,
// and the one before with the welcome; who leaves at once gets none.
func TestWelcomeOnce(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[0].Welcome = true
		return nil
	})
	r.draft()
	r.approve()
	r.signUp("weekly", newcomer)
	must(t, r.SendLetters(t.Context()))
	confirm := func() {
		want(t, r.form(newsroom.PathConfirm+"weekly/"+r.token(subscribers.Confirm, "weekly", newcomer), ""), http.StatusOK)
	}
	confirm()
	r.send() // the letters go ahead of it
	mails := r.post.each(newcomer)
	if len(mails) != 3 {
		t.Fatalf("%d mails, want a confirmation, a welcome and the edition", len(mails))
	}
	count := 0
	for _, m := range mails {
		if texts, _ := bodies(t, m); strings.Contains(texts["text/plain"], "Fish market moves indoors") {
			count++
		}
	}
	if count != 1 {
		t.Errorf("the edition came %d times", count)
	}

	must(t, r.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: "hasty@reader.example"}))
	must(t, r.SendLetters(t.Context()))
	hasty := r.reader("hasty@reader.example")
	want(t, r.form(newsroom.PathConfirm+"weekly/"+r.Keys.Token(subscribers.Confirm, "weekly", hasty.ID, 0), ""), http.StatusOK)
	must(t, r.Welcome(t.Context())) // in the outbox
	want(t, r.form(newsroom.PathUnsubscribe+"weekly/"+r.Keys.Token(subscribers.Unsubscribe, "weekly", hasty.ID, 0), ""), http.StatusOK)
	must(t, r.SendLetters(t.Context()))
	r.wantState("weekly", "hasty@reader.example", store.Unsubscribed)
	for _, m := range r.post.each("hasty@reader.example") {
		if bytes.Contains(m, []byte("Subject: Welcome")) {
			t.Error("who has left is welcomed")
		}
	}
}

// TestWelcomeByAStranger: what somebody typed who is not the reader leads nowhere in what
// the reader gets once they have confirmed.
func TestWelcomeByAStranger(t *testing.T) {
	r := welcoming(t, func(l *config.Newsletter) { l.Greeting = true })
	for name, greets := range map[string]bool{"Claim it at evil.example": false, "Ada Reader": true} {
		typed := strings.ToLower(strings.Fields(name)[0]) + "@reader.example"
		must(t, r.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: typed, Name: name}))
		must(t, r.SendLetters(t.Context()))
		want(t, r.form(newsroom.PathConfirm+"weekly/"+r.token(subscribers.Confirm, "weekly", typed), ""), http.StatusOK)
		must(t, r.SendLetters(t.Context()))
		mails := r.post.each(typed)
		texts, _ := bodies(t, mails[len(mails)-1])
		if len(mails) != 2 || strings.Contains(texts["text/plain"], name) != greets || strings.Contains(string(mails[1]), "evil") {
			t.Errorf("%d mails, the last: %s", len(mails), mails[len(mails)-1])
		}
	}
}

// TestWelcomeIsNotLost: who confirms while the node is locked is welcomed once it is
// unlocked, and who confirms before a crash after it.
func TestWelcomeIsNotLost(t *testing.T) {
	r := welcoming(t, nil)
	r.signUp("weekly", newcomer)
	must(t, r.SendLetters(t.Context()))
	path := newsroom.PathConfirm + "weekly/" + r.token(subscribers.Confirm, "weekly", newcomer)
	r.LockKeys()
	want(t, r.form(path, ""), http.StatusOK)
	must(t, r.Welcome(t.Context()))
	if due, err := r.LettersDue(t.Context()); due || err != nil {
		t.Errorf("a locked node has letters to send: %t, %v", due, err)
	}
	if n := r.post.count(newcomer); n != 1 {
		t.Fatalf("%d mails from a locked node", n)
	}
	n, err := newsroom.Open(t.Context(), newsroom.Options{ // as after a crash
		Dir: r.dir, Clock: r.now, Who: "test", Lookup: func(string) (string, bool) { return "", false }, Log: r.Log,
		Config: func(c *config.Config) error {
			c.Newsletters[0].Welcome = true
			return nil
		},
	})
	must(t, err)
	defer func() { _ = n.Close() }()
	if due, err := n.LettersDue(t.Context()); !due || err != nil {
		t.Errorf("an unlocked one has none: %t, %v", due, err)
	}
	must(t, n.SendLetters(t.Context()))
	mails := r.post.each(newcomer)
	if len(mails) != 2 || !bytes.Contains(mails[1], []byte("Subject: Welcome")) {
		t.Errorf("%d mails", len(mails))
	}
}
