package newsroom

import (
	"context"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
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
	r, err := n.renderLetter(letter, templates.Notice{Subject: subject, Body: body})
	if err != nil {
		return fmt.Errorf("notice to the editors of %s: %w", letter.Name, err)
	}
	return n.toEditors(ctx, letter, word, func(address subscribers.Address) ([]byte, error) {
		return n.letter(letter, r, address, noticeWord(n, word, address))
	})
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
	where := m.Segment.Said
	if where != "" {
		where = ", those of the part `" + strings.ReplaceAll(where, "`", "'") + "`"
	}
	body := fmt.Sprintf("Revision %d went to the %s%s: %s readers.\n\n- accepted: %s\n- rejected: %s\n- in doubt: %s\n- skipped: %s\n",
		a.Revision, m.Audience, where, figures.Of(a.Audience), figures.Of(a.Accepted), figures.Of(a.Rejected), figures.Of(a.InDoubt), figures.Of(a.Skipped))
	if a.SentAgain > 0 {
		body += "\n" + DoubtWords(a.SentAgain, mailer.Resend) + "\n"
	}
	return n.tell(ctx, letter, row.Name()+" has been sent", body, fmt.Sprintf("sent/%d", m.ID))
}
