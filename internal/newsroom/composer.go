package newsroom

import (
	"context"
	"errors"
	"fmt"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// composer splices the frozen variants of a mailing.
type composer struct {
	n        *Newsroom
	letter   *config.Newsletter
	mailing  int64
	variants map[string]*message.Compiled
	signer   *message.Signer // nil: not signed here
}

func (n *Newsroom) composer(ctx context.Context, letter *config.Newsletter, m store.Mailing) (*composer, error) {
	if n.Keys.Locked() { // before anything is claimed
		return nil, subscribers.ErrLocked
	}
	stored, err := n.Store.Variants(ctx, m.Edition, m.Revision)
	if err != nil {
		return nil, err
	}
	signer, err := n.signer(letter, m.Date, m.StartedAt)
	if err != nil {
		return nil, err
	}
	c := &composer{n: n, letter: letter, mailing: m.ID, variants: map[string]*message.Compiled{}, signer: signer}
	for _, v := range stored {
		compiled := new(message.Compiled)
		if err := compiled.UnmarshalBinary(v.Compiled); err != nil {
			return nil, fmt.Errorf("the frozen variant %s of edition %d: %w", v.Name, m.Edition, err)
		}
		if c.variants[v.Name], err = compiled.Dated(m.Date.In(letter.Location)); err != nil {
			return nil, fmt.Errorf("the frozen variant %s of edition %d: %w", v.Name, m.Edition, err)
		}
	}
	if c.variants[string(usual(letter))] == nil {
		return nil, fmt.Errorf("edition %d, revision %d has no frozen %s: reopen it", m.Edition, m.Revision, usual(letter))
	}
	return c, nil
}

// of is the frozen variant of a reader's choice, which may be none, and what it is
// called with the appeal in it.
func (c *composer) of(choice string) (templates.Variant, *message.Compiled) {
	base, quiet := unquiet(templates.Variant(choice))
	if c.variants[string(base)] == nil {
		base = usual(c.letter)
	}
	if v := c.variants[string(base)+store.Quiet]; quiet && v != nil {
		return base, v
	}
	return base, c.variants[string(base)]
}

// Compose is mailer.Composer.
func (c *composer) Compose(dst []byte, d mailer.Delivery) ([]byte, error) {
	name, v := c.of(d.Variant)
	if name == templates.Private {
		d.Name = "" // nobody is named in it
	}
	reader := c.n.reader(c.letter, d.Address, d.Name, d.ID, d.Generation, c.mailing)
	var err error
	if reader.MessageID, err = c.n.Keys.MessageID(c.mailing, d.ID); err != nil {
		return nil, err // locked: the run ends, and goes on when it is unlocked
	}
	splice := v.Splice
	if c.signer != nil {
		splice = func(dst []byte, r message.Reader) ([]byte, error) { return c.signer.Splice(dst, v, r) }
	}
	out, err := splice(dst, reader)
	if unfit := new(message.ReaderError); errors.As(err, &unfit) {
		err = fmt.Errorf("%w: %w", mailer.ErrUnfit, err)
	}
	return out, err
}

// Clean is mailer.Composer: message.Compiled promises it, and a signature is no
// different.
func (c *composer) Clean() bool { return true }
