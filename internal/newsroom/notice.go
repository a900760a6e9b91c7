package newsroom

import (
	"context"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// tell puts a notice to each editor of a newsletter in the outbox. The body is
// Markdown. Two notices with the same word are one, so that whoever notices a
// thing twice tells it once.
func (n *Newsroom) tell(ctx context.Context, letter *config.Newsletter, subject, body, word string) error {
	if len(letter.Editors) == 0 {
		return nil
	}
	r, err := n.Theme(letter).Letter(templates.Notice{Subject: subject, Body: body}, letter.Look, letter.Language)
	if err != nil {
		return fmt.Errorf("notice to the editors of %s: %w", letter.Name, err)
	}
	for i, editor := range letter.Editors {
		address, err := subscribers.ParseAddress(editor.Address)
		if err != nil {
			return fmt.Errorf("editor %d of %s: %w", i+1, letter.Name, err)
		}
		dedupe := fmt.Sprintf("notice/%s/%x", word, n.Keys.Index(address)[:8])
		msg, err := n.letter(letter, r, address, dedupe)
		if err != nil {
			return err
		}
		if _, err := n.putLetter(ctx, "notice", letter.Envelope, address, msg, dedupe); err != nil {
			return err
		}
	}
	return nil
}

// tellDrafted tells the editors that the schedule has made a draft.
func (n *Newsroom) tellDrafted(ctx context.Context, d Drafted) error {
	e := d.Edition
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", d.Advice)
	for _, item := range e.Revision.Items() {
		fmt.Fprintf(&b, "- %s\n", item.Story.Title)
	}
	for _, s := range d.Sources {
		if s.Error != "" {
			fmt.Fprintf(&b, "\nThe source %s could not be read: %s\n", s.Source, s.Error)
		}
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s\n", w)
	}
	return n.tell(ctx, e.Letter, fmt.Sprintf("%s is %s: %s", e.Ref(), e.State, e.Revision.Subject), b.String(),
		fmt.Sprintf("drafted/%d#%d", e.ID, e.Revision.Number))
}

// tellSent gives the editors the accounting of a mailing that has ended.
func (n *Newsroom) tellSent(ctx context.Context, letter *config.Newsletter, m store.Mailing) error {
	if len(letter.Editors) == 0 {
		return nil // and millions of deliveries need not be counted
	}
	row, err := n.Store.Edition(ctx, m.Edition)
	if err != nil {
		return err
	}
	a, err := n.ofMailing(ctx, row, m.ID)
	if err != nil {
		return err
	}
	body := fmt.Sprintf("Revision %d went to the %s: %d readers.\n\n- accepted: %d\n- rejected: %d\n- in doubt: %d\n- skipped: %d\n",
		a.Revision, m.Audience, a.Audience, a.Accepted, a.Rejected, a.InDoubt, a.Skipped)
	if a.SentAgain > 0 {
		body += "\n" + DoubtWords(a.SentAgain, mailer.Resend) + "\n"
	}
	return n.tell(ctx, letter, row.Name()+" has been sent", body, fmt.Sprintf("sent/%d", m.ID))
}
