package newsroom

import (
	"context"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

const (
	nearMisses  = 5   // stories left out that the mail of a draft names
	reasonRunes = 120 // of a reason in it
)

// tellDrafted sends the editors the draft that the schedule has made: as readers
// would get it, with the commands and the reasons above it. due says that its slot has
// come.
func (n *Newsroom) tellDrafted(ctx context.Context, d Drafted, due bool) error {
	e := d.Edition
	word := draftedWord(e.Edition)
	subject := fmt.Sprintf("%s is %s: %s", e.Ref(), e.State.Words(), e.Revision.Subject)
	brief := draftBrief(d, due)
	if len(e.Revision.Items()) == 0 {
		subject = fmt.Sprintf("%s is %s: nothing new", e.Ref(), e.State.Words())
		if e.Pick.Verdict == digest.Unread {
			subject = fmt.Sprintf("%s is %s: no source could be read", e.Ref(), e.State.Words())
			if !due { // the draft itself comes once one can be
				word += "/unread"
			}
		}
		return n.tellOnce(ctx, e.Letter, e.Edition, subject, func() (string, error) { return brief, nil }, word)
	}
	if len(e.Letter.Editors) > 0 {
		if err := n.mailDraft(ctx, e, subject, brief, word); err != nil {
			return err
		}
	}
	return n.wasTold(ctx, e.Letter, e.Edition, subject, word)
}

// mailDraft puts the rendered draft in the outbox, for each editor. Its links for
// leaving work for nobody, as those of a test.
func (n *Newsroom) mailDraft(ctx context.Context, e *Edition, subject, brief, word string) error {
	shown := e.Revision
	shown.Intro = brief + "\n**The edition, as readers would get it:**\n\n" + shown.Intro
	r, err := n.render(ctx, e.Letter, shown, templates.Digest, true)
	if err != nil {
		return err
	}
	r.Subject = draftMark + subject
	return n.toEditors(ctx, e.Letter, word, func(address subscribers.Address) ([]byte, error) {
		return n.messageTo(e.Letter, shown, r, address.Typed, "", subscribers.NewID(), 0, -n.Clock().UnixMicro())
	})
}

// toEditors puts a letter to each editor of a newsletter in the outbox. Two with the
// same word are one.
func (n *Newsroom) toEditors(ctx context.Context, letter *config.Newsletter, word string, write func(subscribers.Address) ([]byte, error)) error {
	for i, editor := range letter.Editors {
		address, err := subscribers.ParseAddress(editor.Address)
		if err != nil {
			return fmt.Errorf("editor %d of %s: %w", i+1, letter.Name, err)
		}
		msg, err := write(address)
		if err != nil {
			return err
		}
		if _, err := n.putLetter(ctx, "notice", letter.Envelope, address, msg, noticeWord(n, word, address)); err != nil {
			return err
		}
	}
	return nil
}

// noticeWord is the dedupe word of a notice to one editor, the same on a locked node.
func noticeWord(n *Newsroom, word string, editor subscribers.Address) string {
	return fmt.Sprintf("notice/%s/%x", word, n.Keys.Marker("editor " + editor.Normal)[:8])
}

// draftBrief is what stands above a draft: what happens next, the commands, the
// reasons, as Markdown.
func draftBrief(d Drafted, due bool) string {
	e := d.Edition
	var b strings.Builder
	fmt.Fprintf(&b, "**%s, revision %d, is %s.** %s\n\n%s\n", e.Ref(), e.Revision.Number, e.State.Words(), draftNext(e, due), waysOn(e))
	if len(e.Pick.Chosen) > 0 {
		b.WriteString("**In it, and why:**\n\n")
	}
	for _, c := range e.Pick.Chosen {
		fmt.Fprintf(&b, "- *%s* — %s\n", inert(c.Story.Title), inert(cut(c.InShort(), reasonRunes)))
	}
	if misses := nearest(e.Pick.Left); len(misses) > 0 {
		b.WriteString("\n**Left out, the nearest:**\n\n")
		for _, c := range misses {
			fmt.Fprintf(&b, "- *%s* — %s\n", inert(c.Story.Title), inert(cut(c.InShort(), reasonRunes)))
		}
	}
	for _, s := range d.Sources {
		if s.Error != "" {
			fmt.Fprintf(&b, "\nThe source %s could not be read: %s\n", inert(s.Source), inert(s.Error))
		}
		for _, note := range s.Notes() {
			fmt.Fprintf(&b, "\nThe source %s: %s\n", inert(s.Source), inert(note))
		}
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s\n", inert(w))
	}
	return b.String()
}

// waysOn are the commands for a draft, as Markdown. One with nothing in it cannot be
// approved.
func waysOn(e *Edition) string {
	name := e.Ref()
	switch {
	case len(e.Revision.Items()) > 0:
		return commands(e.Edition)
	case e.State == digest.Skipped:
		return fmt.Sprintf("- to send one all the same: `broadsheet reopen %s`\n", name)
	}
	if e.Pick.Verdict == digest.Unread {
		return fmt.Sprintf("- for what is wrong: `broadsheet sources check %[1]s`\n- to read them again now: `broadsheet draft %[1]s --slot %[2]s`\n- to put something in: `broadsheet edit %[3]s`\n", e.Newsletter, e.Slot, name)
	}
	return fmt.Sprintf("- to put something in: `broadsheet edit %[1]s`\n- for all the reasons: `broadsheet show %[1]s --why`\n", name)
}

// draftNext says what becomes of a draft that nobody touches.
func draftNext(e *Edition, due bool) string {
	freeze := e.At.Add(-e.Letter.FreezeLead).In(e.Letter.Location).Format(clock)
	switch {
	case e.State == digest.Skipped:
		return "Nothing new had come by its slot."
	case e.Pick.Verdict == digest.Unread:
		return unreadNext(e.Letter, e.Edition, due)
	case due && !waits(e.Letter, e.Edition):
		return "It goes out now: its slot has come."
	case due:
		return "Its slot has come: approved until " + e.ExpiresAt.Format(clock) + ", it goes out at once; after that it expires."
	case e.Pick.Verdict == digest.Thin:
		return "A thin week: it needs your approval by " + freeze + ", or more stories."
	case e.Pick.Verdict == digest.Empty:
		return "Nothing new has come yet: it is drafted again at its slot, and skipped if there is nothing still."
	case !waits(e.Letter, e.Edition):
		return "It goes out by itself " + e.At.In(e.Letter.Location).Format(clock) + "; what you change until then counts."
	}
	return "Approved by " + freeze + ", it goes out " + e.At.In(e.Letter.Location).Format(clock) + "; unapproved, it is held."
}

// nearest are the stories left out with the most points.
func nearest(left []digest.Choice) []digest.Choice {
	var best []digest.Choice
	for _, c := range left {
		if c.Reason.Score == 0 {
			continue
		}
		i := len(best)
		for i > 0 && best[i-1].Reason.Score < c.Reason.Score {
			i--
		}
		best = append(best[:i], append([]digest.Choice{c}, best[i:]...)...)
		best = best[:min(len(best), nearMisses)]
	}
	return best
}

// cut shortens a text.
func cut(text string, runes int) string {
	if r := []rune(text); len(r) > runes {
		return strings.TrimRight(string(r[:runes-1]), " ,;:") + "…"
	}
	return text
}

// inert keeps what others wrote from being Markdown.
func inert(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if strings.ContainsRune("\\`*_[]<>#~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
