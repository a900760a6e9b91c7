package newsroom_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

const neutralSubject = "Post of Thursday, 26 November 2026"

// shownInAnInbox is what a mailbox lists a mail under, and the begin of its words.
func shownInAnInbox(m demo.Mail) string {
	var b strings.Builder
	for _, h := range m.Headers {
		if slices.Contains([]string{"From", "Subject", "To"}, h.Name) {
			b.WriteString(h.Value + "\n")
		}
	}
	line, _, _ := strings.Cut(m.Text, "\n")
	_, body, _ := strings.Cut(m.HTML, "<body")
	_, body, _ = strings.Cut(body, ">")
	begin, _, _ := strings.Cut(body, "</div>")
	return b.String() + line + "\n" + begin
}

// TestLettersToPrivateReaders: where a newsletter's private mail has a neutral subject, no
// letter to a reader of it says in the inbox what it is of, whether private is what is
// usual or what they chose; others are told.
func TestLettersToPrivateReaders(t *testing.T) {
	for name, c := range map[string]struct {
		usual, chosen templates.Variant
		discreet      bool
	}{
		"usual":        {usual: "private", discreet: true},
		"chosen":       {usual: "digest", chosen: "private", discreet: true},
		"chosen other": {usual: "private", chosen: "text"},
		"not private":  {usual: "digest"},
	} {
		t.Run(name, func(t *testing.T) {
			change := settings{"format": string(c.usual), "private": "{subject: \"Post of {date}\", from_name: Post}", "welcome": "true"}
			boxed(t, change, func(t *testing.T, r *room) {
				const who = "ada@new.example"
				ctx := t.Context()
				r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who, Format: c.chosen}))
				r.letters(who)
				_, err := r.n.Confirm(ctx, "weekly", r.token(subscribers.Confirm, who), nil)
				r.must(err)
				r.letters(who)
				r.must(r.n.SendCopy(ctx, "weekly", r.token(subscribers.Export, who)))
				r.unsubscribe(who)
				r.letters(who)
				_, err = r.n.Erase(ctx, "weekly", r.token(subscribers.Erase, who), false)
				r.must(err)
				all := r.letters(who)
				if len(all) != 5 {
					t.Fatalf("%d letters, want the confirmation, the welcome, the copy, the goodbye, the last", len(all))
				}
				for _, m := range all {
					shown := shownInAnInbox(m)
					if strings.Contains(shown, "The Observer") == c.discreet {
						t.Errorf("%q shows in an inbox:\n%s", m.Subject, shown)
					}
					if (m.Subject == neutralSubject) != c.discreet || strings.Contains(shown, "Post <news@observer.example>") != c.discreet {
						t.Errorf("subject %q", m.Subject)
					}
					if !strings.Contains(m.Text, "The Observer") || strings.Contains(m.HTML, "<img") {
						t.Errorf("%q does not say inside what it is of, or has a picture", m.Subject)
					}
				}
			})
		})
	}
}

// TestConfirmationOfALockedNode: it knows nobody, and goes by what was asked for.
func TestConfirmationOfALockedNode(t *testing.T) {
	boxed(t, settings{"format": "private", "private": `{subject: "Post of {date}"}`}, func(t *testing.T, r *room) {
		r.n.LockKeys()
		for who, c := range map[string]struct {
			format templates.Variant
			want   string
		}{
			"a@new.example": {"", neutralSubject},
			"b@new.example": {"private", neutralSubject},
			"c@new.example": {"digest", "Please confirm: The Observer"},
		} {
			r.must(r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who, Format: c.format}))
			r.fromMemory(who)
			if got := r.mailTo(who).Subject; got != c.want {
				t.Errorf("as %q: %q, want %q", c.format, got, c.want)
			}
		}
	})
}
